using System.Runtime.InteropServices;

namespace Lamina.Svm;

/// <summary>
/// What of a vCPU's state is in neither the VMCB nor Core's registers: a page. The XSAVE area and the debug addresses are in the CPU as long as no other
/// vCPU is entered there.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 4096)]
internal unsafe struct SwitchedState
{
    /// <summary>Bytes that an XSAVE area may have here, in the standard (not compacted) form; it must be 64-byte aligned.</summary>
    internal const int ExtendedStateCapacity = 3904;

    /// <summary>x87's control word, in the legacy region (AMD APM vol. 2, 11.4.4, figure 11-8).</summary>
    [FieldOffset(0)] internal ushort X87ControlWord;
    /// <summary>x87's tags, one bit a register: 1 is not empty.</summary>
    [FieldOffset(4)] internal byte X87Tags;
    /// <summary>MXCSR.</summary>
    [FieldOffset(24)] internal uint Mxcsr;
    /// <summary>XSTATE_BV: the components that are not in their initial state.</summary>
    [FieldOffset(512)] internal ulong ComponentsInUse;
    /// <summary>DR0 to DR3.</summary>
    [FieldOffset(ExtendedStateCapacity)] internal fixed ulong DebugAddresses[4];
    /// <summary>TSC_AUX: what RDTSCP and RDPID give.</summary>
    [FieldOffset(ExtendedStateCapacity + 32)] internal ulong TscAux;
    /// <summary>XMM0 to XMM5.</summary>
    [FieldOffset(ExtendedStateCapacity + 48)] internal VectorRegisters Vectors;
}
