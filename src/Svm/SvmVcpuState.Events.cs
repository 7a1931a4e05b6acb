using System.Runtime.CompilerServices;
using Lamina.Core;

namespace Lamina.Svm;

/// <summary>
/// Events and windows. A maskable interrupt's window is a virtual interrupt that exits as soon as it could be taken (AMD APM vol. 2, 15.21.4).
/// An NMI handler's end is IRET's, which exits before it has run; so that NMIs stay blocked until it has, it is then single-stepped (15.21.8).
/// For that one instruction all exceptions exit, so that no guest handler is entered with our TF in the flags it saves.
/// <para>
/// An interrupt that can be taken is injected; or it is offered, as a virtual interrupt with its vector that does not exit, which the CPU takes before the first instruction
/// (15.21.4). Both are the manual's ways; offering takes a hundred instructions more here. It is for QEMU 7.2 with counted instructions, which may deliver an injected interrupt a second time
/// (docs/caveats.md).
/// </para>
/// </summary>
internal sealed unsafe partial class SvmVcpuState
{
    private const uint AllExceptions = 0xFFFF_FFFF;
    private const int VectorShift = 32;

    private bool _isOffered;
    private bool _windowAfterOffer;
    private bool _iretPending;
    private bool _stepping;
    private bool _guestTrap;
    private ulong _steppedRip;
    private bool _interruptWindow;
    private bool _nmiWindow;
    private bool _nmiBlocked;

    /// <summary>Whether a window is open or an NMI is being handled, so that <see cref="BeforeWatchedEntry"/> and <see cref="AfterWatchedExit"/> are due.</summary>
    internal bool WatchesEvents { get; private set; }

    /// <inheritdoc/>
    public override void Inject(in VcpuEvent @event)
    {
        if (_offersInterrupts && @event.Kind == EventKind.Interrupt)
        {
            Offer(@event.Vector);
            return;
        }
        Vmcb->Control.InjectedEvent = EventInjection.From(@event);
        // What the window was asked for is on its way; who has more asks again.
        if (@event.Kind == EventKind.Interrupt && _interruptWindow) SetInterruptWindow(false);
    }

    /// <inheritdoc/>
    public override bool NmiBlocked
    {
        get => _nmiBlocked;
        set
        {
            _nmiBlocked = value;
            _iretPending = false;
            SetIntercept(Intercepts.InterruptReturn, value);
            Watch();
        }
    }

    /// <inheritdoc/>
    public override void RequestInterruptWindow()
    {
        if (_isOffered) _windowAfterOffer = true;
        else if (!_interruptWindow) SetInterruptWindow(true);
    }

    /// <summary>
    /// While an NMI is being handled, the window is behind its IRET. Else the NMI waits for an event that goes first or for an interrupt shadow: the window is
    /// then the next exit of any kind, or the first instruction with interrupts enabled, whichever is earlier.
    /// </summary>
    public override void RequestNmiWindow()
    {
        _nmiWindow = true;
        Watch();
        if (!_nmiBlocked) RequestInterruptWindow();
    }

    /// <summary>Starts the single step over IRET, unless an event goes first.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void BeforeWatchedEntry()
    {
        if (!_iretPending) return;
        if (Vmcb->Control.InjectedEvent.IsValid || _isOffered)
        {
            // The handler that is entered now may have IRETs of its own, and comes back to this one.
            _iretPending = false;
            SetIntercept(Intercepts.InterruptReturn, true);
            return;
        }
        _stepping = true;
        _guestTrap = (Rflags & Rflags.Trap) != 0;
        _steppedRip = Rip;
        Rflags |= Rflags.Trap;
        Vmcb->Control.Exceptions = AllExceptions;
        Changed(CleanBits.Intercepts);
    }

    /// <summary>
    /// Looks at an exit while something is watched. Registers are read back already. It may make another exit of it: the end of the handler becomes an
    /// NMI window.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void AfterWatchedExit(VirtualCpu vcpu, ref VmExit exit)
    {
        if (_isOffered) EndOffer(vcpu, ref exit);
        var code = Vmcb->Control.ExitCode;
        if (code == SvmExitCode.VirtualInterrupt) SetInterruptWindow(false);
        // An exit for something else may have come to the window first: looking saves the exit that would follow at once. (Bochs 2.7 would not give that
        // one: it looks at V_IRQ when IF changes and at no other time.)
        if (_interruptWindow) vcpu.Kick();
        if (_stepping)
        {
            _stepping = false;
            Vmcb->Control.Exceptions = InterceptedExceptions;
            Changed(CleanBits.Intercepts);
            // An instruction breakpoint on IRET is #DB as well, but before it. (DR6 alone would tell them apart, but Bochs 2.7 does not write it here.)
            if (code == SvmExitCode.DebugException && (Rip != _steppedRip || (Dr6 & DebugStatus.SingleStep) != 0))
            {
                // IRET has run: RFLAGS are those that it loaded.
                NmiBlocked = false;
                if (!_guestTrap)
                {
                    Dr6 &= ~DebugStatus.SingleStep;
                    exit.Kind = VmExitKind.NmiWindow;
                }
            }
            else
            {
                if (!_guestTrap) Rflags &= ~Rflags.Trap;
                // An intercepted page fault leaves CR2 to us.
                if (code == SvmExitCode.PageFaultException) Cr2 = exit.FaultAddress;
            }
        }
        else if (code == SvmExitCode.InterruptReturn)
        {
            _iretPending = true;
            SetIntercept(Intercepts.InterruptReturn, false);
        }
        if (!_nmiWindow || _nmiBlocked) return;
        _nmiWindow = false;
        Watch();
        vcpu.Kick();
    }

    private void Offer(byte vector)
    {
        if (_interruptWindow) SetInterruptWindow(false);
        Vmcb->Control.VirtualInterrupt |= VirtualInterrupt.Pending | (VirtualInterrupt)((ulong)vector << VectorShift);
        Changed(CleanBits.VirtualInterrupt);
        _isOffered = true;
        Watch();
    }

    /// <summary>After the exit: what was offered and not taken, as one of the host's came first, is as one whose delivery was interrupted.</summary>
    private void EndOffer(VirtualCpu vcpu, ref VmExit exit)
    {
        ref var offered = ref Vmcb->Control.VirtualInterrupt;
        if ((offered & VirtualInterrupt.Pending) != 0 && !exit.InterruptedEvent.IsValid)
            exit.InterruptedEvent = VcpuEvent.Interrupt((byte)((ulong)(offered & VirtualInterrupt.Vector) >> VectorShift));
        offered &= ~(VirtualInterrupt.Pending | VirtualInterrupt.Vector);
        Changed(CleanBits.VirtualInterrupt);
        _isOffered = false;
        Watch();
        // Whoever asked for a window meanwhile looks again: any exit is as good as the window's.
        if (_windowAfterOffer) vcpu.Kick();
        _windowAfterOffer = false;
    }

    private void Watch() => WatchesEvents = _isOffered || _interruptWindow || _nmiWindow || _nmiBlocked;

    private void SetInterruptWindow(bool open)
    {
        _interruptWindow = open;
        ref var interrupt = ref Vmcb->Control.VirtualInterrupt;
        interrupt = open ? interrupt | VirtualInterrupt.Pending : interrupt & ~VirtualInterrupt.Pending;
        Changed(CleanBits.VirtualInterrupt);
        SetIntercept(Intercepts.VirtualInterrupt, open);
        Watch();
    }

    private void SetIntercept(Intercepts intercept, bool on)
    {
        ref var intercepts = ref Vmcb->Control.Intercepts;
        intercepts = on ? intercepts | intercept : intercepts & ~intercept;
        Changed(CleanBits.Intercepts);
    }
}
