using System.Runtime.InteropServices;

namespace Lamina.Core;

/// <summary>
/// What of a vCPU's state is in neither its control block nor Core's registers: a page. The XSAVE area and the debug addresses are in the CPU as long as no other
/// vCPU is entered there.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 4096)]
public unsafe struct SwitchedState
{
    /// <summary>Bytes that an XSAVE area may have here, in the standard (not compacted) form; it must be 64-byte aligned.</summary>
    public const int ExtendedStateCapacity = 3904;

    /// <summary>x87's control word, in the legacy region (AMD APM vol. 2, 11.4.4, figure 11-8).</summary>
    [FieldOffset(0)] public ushort X87ControlWord;
    /// <summary>x87's tags, one bit a register: 1 is not empty.</summary>
    [FieldOffset(4)] public byte X87Tags;
    /// <summary>MXCSR.</summary>
    [FieldOffset(24)] public uint Mxcsr;
    /// <summary>XSTATE_BV: the components that are not in their initial state.</summary>
    [FieldOffset(512)] public ulong ComponentsInUse;
    /// <summary>DR0 to DR3.</summary>
    [FieldOffset(ExtendedStateCapacity)] public fixed ulong DebugAddresses[4];
    /// <summary>TSC_AUX: what RDTSCP and RDPID give.</summary>
    [FieldOffset(ExtendedStateCapacity + 32)] public ulong TscAux;
    /// <summary>XMM0 to XMM5.</summary>
    [FieldOffset(ExtendedStateCapacity + 48)] public VectorRegisters Vectors;
}
