using System.Runtime.InteropServices;

namespace Lamina.Vmx;

/// <summary>The host's descriptor tables and selectors, as WorldSwitch.asm stores them.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct HostSelectors
{
    /// <summary>GDTR: its limit, and its base (HVA).</summary>
    internal ushort GdtrLimit;
    /// <summary>Base of the GDT (HVA).</summary>
    internal ulong GdtrBase;
    /// <summary>IDTR's limit.</summary>
    internal ushort IdtrLimit;
    /// <summary>Base of the IDT (HVA).</summary>
    internal ulong IdtrBase;
    /// <summary>The selectors.</summary>
    internal ushort Es, Cs, Ss, Ds, Fs, Gs, Tr;
}
