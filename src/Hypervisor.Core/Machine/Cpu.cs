namespace Lamina.Core;

/// <summary>
/// A physical CPU. It owns one stack and one loop, and is handed down by parameter. Host implements it; tests use a plain one.
/// Only the CPU itself calls these, but for <see cref="Send"/>.
/// </summary>
public abstract class Cpu(int index, DeadlineTimer timer, int deadlines)
{
    private readonly DeadlineTimer _timer = timer;
    private readonly CpuMailbox _mailbox = new();
    private ulong _armed = ulong.MaxValue;
    private ulong _root;

    /// <summary>Its number, from 0.</summary>
    public int Index { get; } = index;

    /// <summary>All that is due on this CPU.</summary>
    public DeadlineQueue Deadlines { get; } = new(deadlines);

    /// <summary>What becomes of a fault of our own code on this CPU.</summary>
    public FaultGuard Guard { get; } = new();

    /// <summary>
    /// Whether guests are left by themselves when the earliest deadline is due (VT-x's preemption timer): the hardware timer is then set for a halt alone.
    /// Set at boot by the processor backend.
    /// </summary>
    public bool GuestsAreTimed { get; set; }

    /// <summary>Reads the time-stamp counter.</summary>
    public abstract ulong ReadTsc();

    /// <summary>CPUID, as the physical CPU answers it. Never on the exit way: what guests are told is composed at boot.</summary>
    public abstract CpuidResult ReadCpuid(uint leaf, uint subleaf);

    /// <summary>RDMSR; false, and 0, where the CPU has no such register (#GP).</summary>
    public abstract bool TryReadMsr(uint msr, out ulong value);

    /// <summary>WRMSR; false, and nothing written, where the CPU refuses the register or the value (#GP).</summary>
    public abstract bool TryWriteMsr(uint msr, ulong value);

    /// <summary>
    /// Takes the physical interrupts that are pending (each handler sets a flag or moves a few bytes), and returns with interrupts off again.
    /// </summary>
    protected abstract void TakeInterrupts();

    /// <summary>Halts until a physical interrupt has come, takes it, and returns with interrupts off again.</summary>
    protected abstract void WaitForInterrupt();

    /// <summary>A physical machine check came while a guest ran. It does not return: the machine cannot be trusted any more.</summary>
    public abstract void HandleMachineCheck();

    /// <summary>
    /// Has this CPU do something, by another CPU: it is out of its guest or its halt within one interrupt, and does it before it goes on. Never by the CPU itself.
    /// </summary>
    public void Send(CpuWork work)
    {
        if (_mailbox.Put(work)) Interrupt();
    }

    /// <summary>Interrupts this CPU, by another CPU, so that it looks into its mailbox.</summary>
    protected abstract void Interrupt();

    /// <summary>
    /// Takes the physical interrupts that are pending, does what they came for and calls what is due. Never one without the others: each interrupt comes once.
    /// </summary>
    public void ServeInterrupts()
    {
        TakeInterrupts();
        ServeWithoutInterrupts();
    }

    /// <summary>
    /// Does what interrupts came for that have been taken otherwise, or were lost on their way: each costs a look. (QEMU 7.2 loses some, see docs/caveats.md.)
    /// </summary>
    public void ServeWithoutInterrupts()
    {
        ReadMail();
        ExpireDeadlines();
    }

    // It may be another VM's than the one that is served.
    private void ReadMail()
    {
        Guard.EnterCritical();
        _mailbox.Empty(this);
        Guard.LeaveCritical();
    }

    /// <summary>
    /// Halts until something happens, then as <see cref="ServeInterrupts"/>. The timer is set for each halt, whatever it was set to before: a CPU must not
    /// halt upon a deadline that is past, not even where the timer's interrupt was lost on its way (QEMU 7.2 can lose it, see docs/caveats.md).
    /// </summary>
    public void Idle()
    {
        if (Deadlines.Earliest != ulong.MaxValue) _timer.Arm(Deadlines.Earliest);
        // Nor upon mail, whose interrupt can be lost there just so.
        if (_mailbox.IsEmpty) WaitForInterrupt();
        else TakeInterrupts();
        ServeOutsideOfTurns();
    }

    /// <summary>As <see cref="Idle"/>, but there is something to do: it does not halt.</summary>
    public void LookAround()
    {
        TakeInterrupts();
        ServeOutsideOfTurns();
    }

    private void ServeOutsideOfTurns()
    {
        ReadMail();
        if (!ExpireGuarded()) Recover();
    }

    /// <summary>
    /// <see cref="ExpireDeadlines"/>, from where a fault comes back here; false then, and <see cref="FaultGuard.Faulted"/> says whom it ended.
    /// </summary>
    protected virtual bool ExpireGuarded()
    {
        ExpireDeadlines();
        return true;
    }

    /// <summary>
    /// Has the supervisor do a part of its work, from which a fault on account of <see cref="FaultGuard.Served"/> comes back here; false then, and
    /// <see cref="FaultGuard.Faulted"/> says whom it ended.
    /// </summary>
    protected internal virtual bool WorkGuarded(VmSupervisor supervisor)
    {
        supervisor.Work();
        return true;
    }

    /// <summary>Guarded work faulted: the deadline that was called, if one was, is done, and the timer is set again.</summary>
    public void Recover()
    {
        Deadlines.Recover();
        _armed = ulong.MaxValue;
        ArmTimer();
    }

    /// <summary>
    /// Loads a host root table (an HPA) unless it is loaded already: that of the VM whose vCPU runs next, or that is built. Before a table is given back another must be loaded.
    /// </summary>
    public void LoadAddressSpace(ulong root)
    {
        if (root == _root) return;
        _root = root;
        WriteRoot(root);
    }

    /// <summary>Loads another host root table if this one (HPAs both) is loaded, which is to be given back. Also in the turn of a VM, with its table loaded, if that is neither.</summary>
    public void LeaveAddressSpace(ulong root, ulong other)
    {
        if (root == _root) LoadAddressSpace(other);
    }

    /// <summary>Writes CR3: another VM's memory is mapped from now on.</summary>
    protected abstract void WriteRoot(ulong root);

    /// <summary>Arms a deadline at a time of this CPU's TSC.</summary>
    public void Arm(Deadline deadline, ulong when)
    {
        Deadlines.Arm(deadline, when);
        ArmTimer();
    }

    /// <summary>Arms what left another CPU's queue together, each for when it was due: all CPUs' TSCs are the same.</summary>
    public void ArmAll(Deadline? chain)
    {
        while (chain is { } deadline)
        {
            chain = deadline.Next;
            deadline.Next = null;
            Arm(deadline, deadline.When);
        }
    }

    /// <summary>Calls what is due, then sets the hardware timer to what comes next.</summary>
    public void ExpireDeadlines()
    {
        _armed = ulong.MaxValue;
        Deadlines.Expire(ReadTsc(), MostExpiriesAtOnce);
        ArmTimer();
    }

    /// <summary>A withdrawn deadline leaves the timer as it was: one interrupt too many is cheaper than arming it at each change.</summary>
    private void ArmTimer()
    {
        if (GuestsAreTimed) return;
        ulong earliest = Deadlines.Earliest;
        if (earliest >= _armed) return;
        _armed = earliest;
        Guard.EnterCritical();
        _timer.Arm(earliest);
        Guard.LeaveCritical();
    }

    private const int MostExpiriesAtOnce = 64;
}
