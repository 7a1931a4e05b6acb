using System.Runtime.CompilerServices;
using Lamina.Core;

namespace Lamina.Vmx;

/// <summary>Events and windows: VT-x has an exit for either window, and knows itself how long an NMI's handler lasts (virtual NMIs).</summary>
internal sealed partial class VmxVcpuState
{
    private const Interruptibility Shadow = Interruptibility.BlockedBySti | Interruptibility.BlockedByMovSs;
    private const ulong PendingSingleStep = DebugStatus.SingleStep;

    /// <summary>What a #DB exit says of DR6 (Intel SDM vol. 3, table 28-1): B0 to B3, BD, BS. RTM is not offered to guests.</summary>
    private const ulong DebugCauses = DebugStatus.Breakpoints | DebugStatus.GeneralDetect | DebugStatus.SingleStep;
    private const ulong GeneralDetectEnable = 1 << 13;

    private PrimaryControls _primaryControls;
    private bool _injectsNmi;

    /// <inheritdoc/>
    public override void Inject(in VcpuEvent @event)
    {
        var vmcs = Vmcs;
        var information = EventInformation.From(@event);
        // In real mode nothing pushes an error code, and an entry that would is refused.
        if (@event.HasErrorCode && IsRealMode) information = information.WithoutErrorCode();
        if (information.HasErrorCode) vmcs.Write(VmcsField32.EntryExceptionErrorCode, @event.ErrorCode);
        vmcs.Write(VmcsField32.EntryInterruption, information.Value);
        // The entry delivers an NMI, and blocks the next one by itself; it refuses to where NMIs are blocked already.
        _injectsNmi = @event.Kind == EventKind.NonMaskableInterrupt;
        if (_injectsNmi) WriteNmiBlocking(false);
        // What the window was asked for is on its way; who has more asks again.
        if (@event.Kind == EventKind.Interrupt) SetWindow(PrimaryControls.InterruptWindowExiting, false);
    }

    /// <inheritdoc/>
    public override bool NmiBlocked
    {
        get => (Fields.Interruptibility & Interruptibility.BlockedByNmi) != 0;
        set
        {
            if (!_injectsNmi) WriteNmiBlocking(value);
        }
    }

    /// <inheritdoc/>
    public override void RequestInterruptWindow() => SetWindow(PrimaryControls.InterruptWindowExiting, true);

    /// <summary>
    /// A CPU may make the exit while STI still holds events off (Intel SDM vol. 3, 26.2), and would make it again and again: then the end of that is waited for.
    /// </summary>
    public override void RequestNmiWindow() => SetWindow(
        (Fields.Interruptibility & Interruptibility.BlockedBySti) != 0 ? PrimaryControls.InterruptWindowExiting : PrimaryControls.NmiWindowExiting, true);

    /// <summary>Whether <see cref="AfterEventExit"/> has anything to do.</summary>
    internal static bool ConcernsEvents(VmExitKind kind) => kind is VmExitKind.InterruptWindow or VmExitKind.NmiWindow or VmExitKind.Exception
        or VmExitKind.SecondLevelFault or VmExitKind.HostNmi;

    /// <summary>What an exit means for events: a window that was met is closed, a #DB writes DR6 and DR7, and an IRET that faulted has not ended its handler.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void AfterEventExit(in VmExit exit)
    {
        switch (exit.Kind)
        {
            case VmExitKind.InterruptWindow: SetWindow(PrimaryControls.InterruptWindowExiting, false); break;
            case VmExitKind.NmiWindow: SetWindow(PrimaryControls.NmiWindowExiting, false); break;
            case VmExitKind.HostNmi: WorldSwitch.TakeNmi(); break;
            case VmExitKind.Exception:
                var information = new EventInformation(Vmcs.Read(VmcsField32.ExitInterruption));
                RestoreNmiBlocking(exit, information.UnblockedByIret);
                if (exit.Event.Vector == (byte)ExceptionVector.Debug) AfterDebugException(exit, information.Type);
                break;
            case VmExitKind.SecondLevelFault:
                RestoreNmiBlocking(exit, ((EptViolationQualification)Fields.Qualification & EptViolationQualification.UnblockedByIret) != 0);
                break;
        }
    }

    /// <summary>
    /// The CPU has not written DR6 and DR7 yet. It has forgotten a single step that waits in a shadow, which an entry insists on (27.3.1.5); and it leaves RIP at an
    /// INT1 (28.3.3), whose handler returns behind it.
    /// </summary>
    private void AfterDebugException(in VmExit exit, EventType type)
    {
        Dr6 = Dr6 & ~DebugStatus.Breakpoints | exit.FaultAddress & DebugCauses;
        Dr7 &= ~GeneralDetectEnable;
        if (type == EventType.PrivilegedSoftwareException)
        {
            ulong next = Rip + Fields.InstructionLength;
            AdvanceTo(Is64Bit ? next : (uint)next);
        }
        WritePendingStep(Vmcs);
    }

    /// <summary>IRET ends the blocking of NMIs before it faults; it will run again, and the handler is not over (Intel SDM vol. 3, 28.2.3).</summary>
    private void RestoreNmiBlocking(in VmExit exit, bool unblockedByIret)
    {
        if (unblockedByIret && !exit.InterruptedEvent.IsValid) WriteNmiBlocking(true);
    }

    private void SetWindow(PrimaryControls window, bool open)
    {
        var controls = open ? _primaryControls | window : _primaryControls & ~window;
        if (controls == _primaryControls) return;
        _primaryControls = controls;
        Vmcs.Write(VmcsField32.PrimaryControls, (uint)controls);
    }

    private void WriteNmiBlocking(bool blocked)
    {
        if (NmiBlocked == blocked) return;
        WriteInterruptibility(Vmcs, Fields.Interruptibility ^ Interruptibility.BlockedByNmi);
    }

    /// <summary>
    /// Core ended an instruction under a shadow, and with it the shadow; or made one. The trap of a single step that waited in the shadow is then Core's to
    /// raise; and one that is due waits there (Intel SDM vol. 3, 27.3.1.5).
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteShadow(Vmcs vmcs)
    {
        var others = Fields.Interruptibility & ~Shadow;
        var kind = (Rflags & Rflags.InterruptEnable) != 0 ? Interruptibility.BlockedBySti : Interruptibility.BlockedByMovSs;
        WriteInterruptibility(vmcs, InterruptShadow ? others | kind : others);
        WritePendingStep(vmcs);
    }

    private void WritePendingStep(Vmcs vmcs)
    {
        ulong pending = vmcs.Read(VmcsFieldNatural.GuestPendingDebugExceptions) & ~PendingSingleStep;
        if (InterruptShadow && (Rflags & Rflags.Trap) != 0) pending |= PendingSingleStep;
        vmcs.Write(VmcsFieldNatural.GuestPendingDebugExceptions, pending);
    }

    private void WriteInterruptibility(Vmcs vmcs, Interruptibility value)
    {
        Fields.Interruptibility = value;
        vmcs.Write(VmcsField32.GuestInterruptibility, (uint)value);
    }
}
