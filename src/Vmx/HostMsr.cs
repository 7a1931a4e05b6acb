using Lamina.Core;

namespace Lamina.Vmx;

/// <summary>The host's own MSRs that VT-x has to do with (Intel SDM vol. 4, table 2-2).</summary>
internal static class HostMsr
{
    /// <summary>IA32_FEATURE_CONTROL.</summary>
    internal const uint FeatureControl = (uint)Msr.FeatureControl;
    /// <summary>IA32_PAT.</summary>
    internal const uint Pat = (uint)Msr.Pat;
    /// <summary>IA32_EFER.</summary>
    internal const uint Efer = (uint)Msr.Efer;
    /// <summary>IA32_FS_BASE and IA32_GS_BASE.</summary>
    internal const uint FsBase = (uint)Msr.FsBase, GsBase = (uint)Msr.GsBase;

    /// <summary>IA32_FEATURE_CONTROL.LOCK: the register cannot be changed until the next reset.</summary>
    internal const ulong FeatureControlLock = 1 << 0;
    /// <summary>IA32_FEATURE_CONTROL: VMXON is allowed outside of SMX operation.</summary>
    internal const ulong FeatureControlVmxon = 1 << 2;
}
