using System.Runtime.CompilerServices;

namespace Lamina.Core;

/// <summary>
/// A virtual CPU: its registers, its local APIC, and the events that wait for it. Only the CPU that it is assigned to touches it; others have its <see cref="Inbox"/>.
/// </summary>
public sealed class VirtualCpu
{
    private VcpuEvent _exception;
    private VcpuEvent _redelivered;
    private bool _nmiPending;
    private Cpu _cpu;

    /// <summary>vCPU <paramref name="index"/> of a VM.</summary>
    public VirtualCpu(VirtualMachine machine, int index, VcpuState state)
    {
        Machine = machine;
        _cpu = machine.Cpu;
        Index = index;
        State = state;
        Apic = new LocalApic(this);
        Msrs = new VcpuMsrs(this);
        Emulator = new InstructionEmulator(this);
        Inbox = new VcpuInbox(this);
        Requests = new DeviceRequests(this);
    }

    /// <summary>The VM that it is part of.</summary>
    public VirtualMachine Machine { get; }

    /// <summary>The CPU that it is assigned to; set while it is not at home on any, and after its VM's.</summary>
    public Cpu Cpu
    {
        get => _cpu;
        set
        {
            _cpu = value;
            IsAway = value != Machine.Cpu;
        }
    }

    /// <summary>Whether its VM's devices are on another CPU than it is.</summary>
    public bool IsAway { get; private set; }

    /// <summary>What comes for it from other CPUs.</summary>
    public VcpuInbox Inbox { get; }

    /// <summary>Its way to the VM's devices, when it is away from them.</summary>
    public DeviceRequests Requests { get; }

    /// <summary>The exit with which it waits for a device.</summary>
    internal VmExit WaitingExit;

    /// <summary>How often it left its guest, by reason.</summary>
    public ExitCounters Counters { get; } = new();

    /// <summary>Its number in the VM, from 0; also its APIC ID.</summary>
    public int Index { get; }

    /// <summary>Its registers.</summary>
    public VcpuState State { get; }

    /// <summary>Its local APIC.</summary>
    public LocalApic Apic { get; }

    /// <summary>The MSRs that are kept for it rather than switched by hardware.</summary>
    public VcpuMsrs Msrs { get; }

    /// <summary>Decodes and carries out what hardware leaves to us.</summary>
    public InstructionEmulator Emulator { get; }

    /// <summary>What it does now.</summary>
    public VcpuActivity Activity { get; set; } = VcpuActivity.Stopped;

    /// <summary>Its share of the CPU, and what it has had of it.</summary>
    public CpuShare Share { get; } = new();

    /// <summary>Whether something has to be looked at before the next entry: set by <see cref="Kick"/>, cleared by <see cref="DeliverEvents"/>.</summary>
    public bool NeedsAttention { get; private set; }

    /// <summary>Who runs it, from <see cref="Scheduler.TryAdd"/> on.</summary>
    internal Scheduler? Scheduler { get; set; }

    /// <summary>Whether it is at home on its CPU: it runs there, or may be able to.</summary>
    public bool IsScheduled => Scheduler is not null;

    /// <summary>Whether the scheduler looks at it: it runs, or may be able to.</summary>
    internal bool IsQueued { get; set; }

    /// <summary>Something that may wake or interrupt the vCPU has changed: it looks again before it runs on.</summary>
    public void Kick()
    {
        NeedsAttention = true;
        if (!IsQueued) Scheduler?.Wake(this);
    }

    // Not in line: the event made on the way would be cleared on the stack at each exit, whether one is raised or not.
    /// <summary>Queues an exception without an error code for the next entry. A second exception before that becomes #DF by the usual rules.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Raise(ExceptionVector vector) => Queue(VcpuEvent.Exception(vector));

    /// <summary>Queues an exception with an error code for the next entry.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Raise(ExceptionVector vector, uint errorCode) => Queue(VcpuEvent.Exception(vector, errorCode));

    /// <summary>Queues a page fault: sets CR2.</summary>
    public void RaisePageFault(ulong linearAddress, uint errorCode)
    {
        State.Cr2 = linearAddress;
        Raise(ExceptionVector.PageFault, errorCode);
    }

    /// <summary>Makes an NMI pending. One at most waits, as in hardware.</summary>
    public void RaiseNmi()
    {
        _nmiPending = true;
        Kick();
    }

    /// <summary>
    /// Ends an emulated instruction: RIP moves on, the interrupt shadow and RF are over, and with TF set #DB follows it as a trap
    /// (AMD APM vol. 2, 13.1.4).
    /// </summary>
    public void CompleteInstruction(ulong nextRip)
    {
        State.AdvanceTo(nextRip);
        if ((State.Rflags & Rflags.Trap) != 0) RaiseSingleStep();
    }

    // By itself, so that the way without it saves no registers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RaiseSingleStep()
    {
        State.Dr6 |= DebugStatus.SingleStep;
        Raise(ExceptionVector.Debug);
    }

    /// <summary>
    /// An exit interrupted the delivery of an event: it is delivered again, unless handling the exit raised an exception on top of it,
    /// which then combines with it.
    /// </summary>
    public void Redeliver(in VcpuEvent interrupted)
    {
        // INT n, INT3 and INTO are delivered by running them again: RIP still points at them.
        bool runsAgain = interrupted.Kind == EventKind.SoftwareInterrupt
            || (interrupted.Kind == EventKind.Exception && (ExceptionVector)interrupted.Vector is ExceptionVector.Breakpoint or ExceptionVector.Overflow);
        if (!_exception.IsValid)
        {
            if (!runsAgain) _redelivered = interrupted;
            Kick();
            return;
        }
        switch (interrupted.Kind)
        {
            case EventKind.Exception when !runsAgain:
                Combine(interrupted, ref _exception);
                break;
            // An interrupt or NMI whose delivery faulted is not lost: it is delivered after the fault's handler. (One of the 8259 pair is: it
            // was acknowledged, and its request is gone.)
            case EventKind.NonMaskableInterrupt:
                State.NmiBlocked = false;
                _nmiPending = true;
                break;
            case EventKind.Interrupt:
                Apic.Retract(interrupted.Vector);
                break;
        }
    }

    /// <summary>Whether an entry would run instructions: not halted, or there is something that ends the halt.</summary>
    public bool IsRunnable
    {
        get
        {
            if (Activity == VcpuActivity.Running) return true;
            if (Activity == VcpuActivity.WaitingForDevice) return Requests.AreDone;
            if (Activity != VcpuActivity.Halted || !NeedsAttention) return false;
            return (Index == 0 && (Machine.HasAnyWork || Machine.StopRequest != VmStopReason.None)) || IsWoken;
        }
    }

    /// <summary>Whether there is something that ends a halt.</summary>
    private bool IsWoken => _exception.IsValid || (_nmiPending && !State.NmiBlocked) || (InterruptsEnabled && HasInterrupt);

    private bool InterruptsEnabled => (State.Rflags & Rflags.InterruptEnable) != 0;

    private bool HasExternalInterrupt =>
        Index == 0 && Machine.Interrupts.ExternalInterrupts is { IsPending: true } && Apic.AcceptsExternalInterrupts;

    private bool HasInterrupt => Apic.PendingVector >= 0 || HasExternalInterrupt;

    /// <summary>Whether there is an interrupt that hardware will not deliver by itself.</summary>
    private bool HasInterruptToInject => (Apic.PendingVector >= 0 && !State.DeliversInterrupts) || HasExternalInterrupt;

    /// <summary>
    /// Before an entry, when it <see cref="NeedsAttention"/>: the VM's work is done and events are delivered. False when it is halted and that has not woken it, or when the work has
    /// made the VM stop.
    /// </summary>
    public bool Prepare()
    {
        if (Index == 0 && Machine.HasWork)
        {
            Machine.DoWork();
            if (Activity == VcpuActivity.Halted && !IsWoken) return false;
            if (Activity is not (VcpuActivity.Running or VcpuActivity.Halted) || Machine.StopRequest != VmStopReason.None) return false;
        }
        DeliverEvents();
        // The rest of the work is due before the entry after this one.
        if (Index == 0 && Machine.HasWork) NeedsAttention = true;
        return true;
    }

    /// <summary>
    /// Before an entry: hands the hardware the event of the highest priority and asks for a window for the next
    /// (AMD APM vol. 2, 8.5, table 8-9: an event half delivered, exceptions, NMI, interrupts).
    /// </summary>
    public void DeliverEvents()
    {
        NeedsAttention = false;
        Activity = VcpuActivity.Running;

        bool injected = true;
        if (_redelivered.IsValid) State.Inject(Take(ref _redelivered));
        else if (_exception.IsValid) InjectException(Take(ref _exception));
        else if (_nmiPending && !State.NmiBlocked && !State.InterruptShadow)
        {
            _nmiPending = false;
            State.Inject(VcpuEvent.Nmi());
            State.NmiBlocked = true;
        }
        else injected = false;

        if (_nmiPending) State.RequestNmiWindow();

        if (!HasInterruptToInject) return;
        if (injected || !InterruptsEnabled || State.InterruptShadow)
        {
            State.RequestInterruptWindow();
            return;
        }
        State.Inject(VcpuEvent.Interrupt(AcknowledgeInterrupt()));
        // Another one may wait behind it.
        if (HasInterruptToInject) State.RequestInterruptWindow();
    }

    /// <summary>
    /// A fault's handler returns to the instruction that faulted, so RF is set in the RFLAGS that it is given, lest an instruction breakpoint there
    /// be taken twice; a trap's is not (AMD APM vol. 2, 3.1.6 "Resume Flag"). Hardware does this by itself only for exceptions that it raises.
    /// </summary>
    private void InjectException(in VcpuEvent exception)
    {
        bool isFault = (ExceptionVector)exception.Vector is not (ExceptionVector.Debug or ExceptionVector.Breakpoint or ExceptionVector.Overflow
            or ExceptionVector.DoubleFault or ExceptionVector.MachineCheck);
        if (isFault) State.Rflags |= Rflags.Resume;
        State.Inject(exception);
    }

    private byte AcknowledgeInterrupt()
    {
        if (HasExternalInterrupt) return Machine.Interrupts.ExternalInterrupts!.Acknowledge();
        byte vector = (byte)Apic.PendingVector;
        Apic.Acknowledge();
        return vector;
    }

    private static VcpuEvent Take(ref VcpuEvent slot)
    {
        var taken = slot;
        slot = default;
        return taken;
    }

    private void Queue(in VcpuEvent exception)
    {
        if (_exception.IsValid)
        {
            var second = exception;
            Combine(_exception, ref second);
            _exception = second;
        }
        else
        {
            _exception = exception;
        }
        Kick();
    }

    /// <summary>
    /// What a second exception makes of a first (AMD APM vol. 2, 8.2.9, table 8-5): contributory on contributory, and page fault or contributory on
    /// page fault, become #DF; anything of the kind on #DF is shutdown; else the second is delivered.
    /// </summary>
    private void Combine(in VcpuEvent first, ref VcpuEvent second)
    {
        bool secondFaults = IsContributory(second.Vector) || second.Vector == (byte)ExceptionVector.PageFault;
        if (first.Vector == (byte)ExceptionVector.DoubleFault && secondFaults)
        {
            Machine.RequestStop(VmStopReason.TripleFault);
            return;
        }
        bool isDouble = first.Vector == (byte)ExceptionVector.PageFault ? secondFaults : IsContributory(first.Vector) && IsContributory(second.Vector);
        if (isDouble) second = VcpuEvent.Exception(ExceptionVector.DoubleFault, 0);
    }

    private static bool IsContributory(byte vector) => (ExceptionVector)vector is ExceptionVector.DivideError or ExceptionVector.InvalidTaskState
        or ExceptionVector.SegmentNotPresent or ExceptionVector.StackFault or ExceptionVector.GeneralProtection;

    /// <summary>
    /// INIT: the vCPU waits for a start-up message, and its registers are reset by that. On the boot processor INIT starts firmware anew, which here is a
    /// reset of the VM.
    /// </summary>
    public void Initialize()
    {
        if (Activity == VcpuActivity.Stopped) return;
        if (Index == 0)
        {
            Machine.Reset();
            // It may have come from another CPU, in no turn of this VM's: its loop has to see it.
            Kick();
            return;
        }
        Apic.Initialize();
        ClearEvents();
        Requests.Forget();
        Activity = VcpuActivity.WaitingForStartup;
    }

    /// <summary>Start-up: the vCPU runs from page <paramref name="page"/> of the first MiB, in real mode. Ignored by one that does not wait for it.</summary>
    public void Startup(byte page)
    {
        if (Activity != VcpuActivity.WaitingForStartup) return;
        State.Reset();
        // Its TSC has gone on all the while, by the VM's clock, and by what the guest has added to it.
        State.TscOffset = Machine.Clock.Offset + Msrs.TscAdjust;
        var code = State.GetSegment(SegmentName.Cs);
        code.Selector = (ushort)(page << 8);
        code.Base = (ulong)page << 12;
        State.SetSegment(SegmentName.Cs, code);
        State.Rip = 0;
        Activity = VcpuActivity.Running;
        Kick();
    }

    /// <summary>RESET: registers, APIC and events as at power-on. vCPU 0 runs, the others wait for a start-up message.</summary>
    public void Reset()
    {
        State.Reset();
        Apic.Reset();
        Msrs.Reset();
        Inbox.Clear();
        Requests.Reset();
        ClearEvents();
        Activity = Index == 0 ? VcpuActivity.Running : VcpuActivity.WaitingForStartup;
        Kick();
    }

    private void ClearEvents()
    {
        _exception = default;
        _redelivered = default;
        _nmiPending = false;
    }
}
