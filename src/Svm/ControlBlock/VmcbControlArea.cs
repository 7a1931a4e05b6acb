using System.Runtime.InteropServices;

namespace Lamina.Svm;

/// <summary>The control area of a VMCB (AMD APM vol. 2, appendix B, table B-1).</summary>
[StructLayout(LayoutKind.Explicit, Size = 0x400)]
public struct VmcbControlArea
{
    /// <summary>Which control registers exit when read: bit n is CRn.</summary>
    [FieldOffset(0x000)] public ushort ControlRegisterReads;
    /// <summary>Which control registers exit when written: bit n is CRn.</summary>
    [FieldOffset(0x002)] public ushort ControlRegisterWrites;
    /// <summary>Which debug registers exit when read: bit n is DRn.</summary>
    [FieldOffset(0x004)] public ushort DebugRegisterReads;
    /// <summary>Which debug registers exit when written: bit n is DRn.</summary>
    [FieldOffset(0x006)] public ushort DebugRegisterWrites;
    /// <summary>Which exceptions exit: bit n is vector n.</summary>
    [FieldOffset(0x008)] public uint Exceptions;
    /// <summary>Other events and instructions that exit.</summary>
    [FieldOffset(0x00C)] public Intercepts Intercepts;
    /// <summary>SVM's instructions and others that exit.</summary>
    [FieldOffset(0x010)] public SvmIntercepts SvmIntercepts;
    /// <summary>Newer instructions that exit.</summary>
    [FieldOffset(0x014)] public NewerIntercepts NewerIntercepts;
    /// <summary>Cycles within which PAUSEs count as one loop.</summary>
    [FieldOffset(0x03C)] public ushort PauseFilterThreshold;
    /// <summary>How many PAUSEs pass before one exits.</summary>
    [FieldOffset(0x03E)] public ushort PauseFilterCount;
    /// <summary>HPA of the I/O permission map.</summary>
    [FieldOffset(0x040)] public ulong IoPermissionMap;
    /// <summary>HPA of the MSR permission map.</summary>
    [FieldOffset(0x048)] public ulong MsrPermissionMap;
    /// <summary>Added to the TSC when the guest reads it.</summary>
    [FieldOffset(0x050)] public ulong TscOffset;
    /// <summary>The guest's address space identifier; 0 is the host's.</summary>
    [FieldOffset(0x058)] public uint Asid;
    /// <summary>What is flushed from the TLB at the entry.</summary>
    [FieldOffset(0x05C)] public TlbControl TlbControl;
    /// <summary>The virtual interrupt.</summary>
    [FieldOffset(0x060)] public VirtualInterrupt VirtualInterrupt;
    /// <summary>Bit 0: interrupts are held off for one instruction. Bit 1 (written at an exit): RFLAGS.IF.</summary>
    [FieldOffset(0x068)] public InterruptState InterruptState;
    /// <summary>Why the guest exited.</summary>
    [FieldOffset(0x070)] public SvmExitCode ExitCode;
    /// <summary>EXITINFO1: depends on the exit code.</summary>
    [FieldOffset(0x078)] public ulong ExitInfo1;
    /// <summary>EXITINFO2: depends on the exit code.</summary>
    [FieldOffset(0x080)] public ulong ExitInfo2;
    /// <summary>EXITINTINFO: the event whose delivery the exit interrupted.</summary>
    [FieldOffset(0x088)] public EventInjection InterruptedEvent;
    /// <summary>Nested paging and encryption.</summary>
    [FieldOffset(0x090)] public NestedPagingControl NestedPaging;
    /// <summary>EVENTINJ: the event to deliver at the entry.</summary>
    [FieldOffset(0x0A8)] public EventInjection InjectedEvent;
    /// <summary>N_CR3: HPA of the nested page tables' root.</summary>
    [FieldOffset(0x0B0)] public ulong NestedCr3;
    /// <summary>Which parts of the VMCB are as the CPU has them cached.</summary>
    [FieldOffset(0x0C0)] public CleanBits CleanBits;
    /// <summary>nRIP: the address behind the intercepted instruction, with next-RIP save.</summary>
    [FieldOffset(0x0C8)] public ulong NextRip;
    /// <summary>With decode assists: how many instruction bytes follow.</summary>
    [FieldOffset(0x0D0)] public byte FetchedBytes;
    /// <summary>With decode assists: the first 8 bytes at RIP, the first the lowest.</summary>
    [FieldOffset(0x0D1)] public ulong InstructionBytesLow;
    /// <summary>The next 7 bytes, from bit 8 on.</summary>
    [FieldOffset(0x0D8)] public ulong InstructionBytesHigh;
}
