using System;

namespace Lamina.Vmx;

/// <summary>What EPT and VPID can do: IA32_VMX_EPT_VPID_CAP (Intel SDM vol. 3, A.10).</summary>
[Flags]
public enum EptVpidCapabilities : ulong
{
    /// <summary>Pages that can be executed and not read.</summary>
    ExecuteOnly = 1 << 0,
    /// <summary>Tables of four levels.</summary>
    FourLevels = 1 << 6,
    /// <summary>Tables of five levels.</summary>
    FiveLevels = 1 << 7,
    /// <summary>Tables in uncached memory.</summary>
    Uncached = 1 << 8,
    /// <summary>Tables in write-back memory.</summary>
    WriteBack = 1 << 14,
    /// <summary>Pages of 2 MiB.</summary>
    Pages2M = 1 << 16,
    /// <summary>Pages of 1 GiB.</summary>
    Pages1G = 1 << 17,
    /// <summary>INVEPT.</summary>
    Invept = 1 << 20,
    /// <summary>Accessed and dirty bits.</summary>
    AccessedAndDirty = 1 << 21,
    /// <summary>EPT violations say more of the guest's own page.</summary>
    AdvancedViolations = 1 << 22,
    /// <summary>INVEPT of one EPT pointer.</summary>
    InveptSingle = 1 << 25,
    /// <summary>INVEPT of all.</summary>
    InveptAll = 1 << 26,
    /// <summary>INVVPID.</summary>
    Invvpid = 1UL << 32,
    /// <summary>INVVPID of one address.</summary>
    InvvpidAddress = 1UL << 40,
    /// <summary>INVVPID of one VPID.</summary>
    InvvpidSingle = 1UL << 41,
    /// <summary>INVVPID of all.</summary>
    InvvpidAll = 1UL << 42,
    /// <summary>INVVPID of one VPID, but for global pages.</summary>
    InvvpidSingleButGlobals = 1UL << 43,
}
