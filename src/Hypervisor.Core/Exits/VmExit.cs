namespace Lamina.Core;

/// <summary>
/// A decoded exit: what the hardware said, in the same words for both vendors. One per CPU, filled by the backend at each exit;
/// only the fields that <see cref="Kind"/> speaks of are meaningful.
/// </summary>
public struct VmExit
{
    /// <summary>Bits of a <see cref="VmExitKind"/> in <see cref="Recent"/>.</summary>
    public const int BitsOfKind = 8;

    /// <summary>The reason.</summary>
    public VmExitKind Kind;

    /// <summary>
    /// The instruction's length in bytes where the hardware said it (next-RIP save, VM-exit instruction length), else 0: it has to be decoded.
    /// </summary>
    public byte InstructionLength;

    /// <summary>PortIo: operand size in bytes, 1, 2 or 4.</summary>
    public byte PortSize;
    /// <summary>PortIo: address size of INS and OUTS in bytes, 2, 4 or 8; 0 when the hardware does not say.</summary>
    public byte AddressSize;
    /// <summary>PortIo: how.</summary>
    public PortAccess PortAccess;
    /// <summary>PortIo: the port.</summary>
    public ushort Port;

    /// <summary>Control and debug register moves: the register's number; 0xFF when it has to be decoded.</summary>
    public byte ControlRegister;
    /// <summary>Control and debug register moves: the general register's number; 0xFF when it has to be decoded.</summary>
    public byte GeneralRegister;

    /// <summary>ApicWrite: the offset in the page of the local APIC's registers, 0 to 4095.</summary>
    public ushort ApicOffset;

    /// <summary>SecondLevelFault: what was tried.</summary>
    public MemoryAccess Access;
    /// <summary>SecondLevelFault: the address that was tried.</summary>
    public ulong GuestPhysical;
    /// <summary>SecondLevelFault: it was met on a walk of the guest's own page tables, not on the final access.</summary>
    public bool DuringPageWalk;

    /// <summary>Exception: the exception (with <see cref="FaultAddress"/> for #PF).</summary>
    public VcpuEvent Event;
    /// <summary>Exception: CR2 of a #PF, bits for DR6 of a #DB.</summary>
    public ulong FaultAddress;

    /// <summary>An event whose delivery the exit interrupted (EXITINTINFO, IDT-vectoring information): it has to be delivered again.</summary>
    public VcpuEvent InterruptedEvent;

    /// <summary>
    /// The kinds of this exit and of the seven before it in the same turn, the latest in the lowest byte: for reports. Kept by the loop, which it costs five ticks of each exit (CPUID: 399 of the 400 allowed).
    /// </summary>
    public ulong Recent;

    /// <summary>Instruction bytes where the hardware gave them (decode assists): up to 15, from the low byte of the first.</summary>
    public ulong InstructionBytesLow;
    /// <summary>The rest of them.</summary>
    public ulong InstructionBytesHigh;
    /// <summary>How many there are, 0 to 15.</summary>
    public byte InstructionByteCount;

    /// <summary>The hardware's own reason code (EXITCODE, exit reason), for reports.</summary>
    public ulong RawReason;
    /// <summary>EXITINFO1 or the exit qualification, for reports.</summary>
    public ulong RawInfo1;
    /// <summary>EXITINFO2 or the guest-linear address, for reports.</summary>
    public ulong RawInfo2;
}
