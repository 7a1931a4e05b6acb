namespace Lamina.Core;

/// <summary>
/// What hardware may do for a local APIC, on its page of registers (Intel SDM vol. 3, chapter 30), and what it asks for in return. Called by the backend,
/// before an entry and after an exit, and for the exits that it adds. A backend without such hardware calls nothing here.
/// <para>
/// With a TPR shadow moves to CR8 write TPR without an exit, unless it falls below <see cref="TaskPriorityThreshold"/>. With
/// <see cref="VcpuState.DeliversInterrupts"/> hardware besides takes requests into service, in the order that PPR gives, and ends them; Core then injects
/// none of this APIC's interrupts, and its caches of the two highest vectors are exchanged as <see cref="InterruptStatus"/>.
/// </para>
/// </summary>
public sealed partial class LocalApic
{
    private const int InServiceShift = 8;
    private const int ClassShift = 4;

    /// <summary>
    /// TPR threshold, 0 to 15, for a TPR shadow without interrupt delivery: the task priority's class below which there is an interrupt to deliver; 0 when
    /// none waits for that. Never above the present class, as the entry demands (Intel SDM vol. 3, 27.2.1.1).
    /// </summary>
    public byte TaskPriorityThreshold
    {
        get
        {
            int request = _highestRequest >> ClassShift;
            return _highestRequest >= 0 && request <= TaskPriorityClass && request > _highestInService >> ClassShift ? (byte)request : (byte)0;
        }
    }

    /// <summary>
    /// The guest interrupt status (Intel SDM vol. 3, 25.4.2): RVI, the highest vector requested, in the low byte and SVI, the highest in service, in the high
    /// one; 0 for none. Read before an entry that delivers interrupts; set after its exit, before anything else of the APIC is used.
    /// </summary>
    public ushort InterruptStatus
    {
        get => (ushort)(StatusOf(_highestRequest) | StatusOf(_highestInService) << InServiceShift);
        set
        {
            _highestRequest = VectorOf((byte)value);
            _highestInService = VectorOf((byte)(value >> InServiceShift));
            Registers.InterruptRequest.ForgetCount();
            Registers.InService.ForgetCount();
        }
    }

    /// <summary>
    /// The EOI-exit bitmap: of vectors 64 × <paramref name="index"/> (0 to 3) to 63 more those whose end must exit, for somebody waits for it.
    /// <see cref="VcpuState.TriggerModesChanged"/> says when it has changed.
    /// </summary>
    public ulong EndOfInterruptExits(int index) =>
        Registers.TriggerMode.Register(2 * index) | (ulong)Registers.TriggerMode.Register(2 * index + 1) << 32;

    /// <summary>
    /// Whether an MSR of x2APIC mode can be read from the page without an exit: there is such a register, and what the guest would read is in the page as long
    /// as hardware delivers the interrupts (and so keeps PPR). All other reads must exit.
    /// </summary>
    public static bool IsReadFromPage(LocalApicRegister register) =>
        register is not (LocalApicRegister.EndOfInterrupt or LocalApicRegister.DestinationFormat or LocalApicRegister.InterruptCommandHigh
            or LocalApicRegister.TimerCurrentCount)
        && IsReadable(register);

    /// <summary>
    /// After an exit that says that the guest's write of a register is in the page already, at <paramref name="offset"/> (0 to 4095; Intel SDM vol. 3,
    /// 30.4.3.3): does what the write does, and leaves in the page what the register then reads as.
    /// </summary>
    public void WrittenByHardware(ushort offset)
    {
        var register = (LocalApicRegister)(offset >> RegisterShift);
        uint value = Registers[register];
        // In x2APIC mode that is a SELF IPI of an illegal vector alone: the other writes either need nobody or exit before they are done.
        if (IsX2Apic) TryWriteMsr(FirstMsr + (uint)register, value);
        else WriteMemory((ulong)register << RegisterShift, sizeof(uint), value);
    }

    /// <summary>Hardware ended the interrupt of a <paramref name="vector"/> in the EOI-exit bitmap; whoever waits for it hears of it.</summary>
    public void EndedByHardware(byte vector)
    {
        if (Registers.TriggerMode[vector]) BroadcastEnd(vector);
    }

    private static int StatusOf(int vector) => vector < 0 ? 0 : vector;

    private static int VectorOf(byte status) => status == 0 ? InterruptBitmap.None : status;
}
