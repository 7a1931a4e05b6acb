using System;
using Lamina.Core;
using Lamina.Testing;

namespace Lamina.Svm.Tests;

/// <summary>Windows and the end of NMI handlers, with exits played as the hardware gives them.</summary>
public sealed unsafe class EventTests : IDisposable
{
    private const ulong SingleStep = 1 << 14;

    private readonly SvmFixture _svm = new();
    private readonly TestMachine _machine = new();
    private readonly VirtualCpu _vcpu;

    public EventTests() => _vcpu = new VirtualCpu(_machine.Machine, 0, _svm.State);

    public void Dispose()
    {
        _machine.Dispose();
        _svm.Dispose();
    }

    private SvmVcpuState State => _svm.State;

    private ref VmcbControlArea Control => ref _svm.State.Vmcb->Control;

    private bool Intercepted(Intercepts intercept) => (Control.Intercepts & intercept) != 0;

    private VmExitKind Exit(SvmExitCode code, ulong info2 = 0)
    {
        Control.InjectedEvent = default;
        Control.ExitCode = code;
        Control.ExitInfo2 = info2;
        VmExit exit = default;
        ExitDecoder.Decode(Control, State.Rip, false, ref exit);
        if (State.WatchesEvents) State.AfterWatchedExit(_vcpu, ref exit);
        return exit.Kind;
    }

    private void Enter()
    {
        if (State.WatchesEvents) State.BeforeWatchedEntry();
    }

    private void StartNmi()
    {
        State.Inject(VcpuEvent.Nmi());
        State.NmiBlocked = true;
        Enter();
    }

    [Fact]
    public void AnInterruptWindowIsAVirtualInterruptThatExits()
    {
        State.RequestInterruptWindow();
        Intercepted(Intercepts.VirtualInterrupt).Should().BeTrue();
        Control.VirtualInterrupt.Should().HaveFlag(VirtualInterrupt.Pending);
        Exit(SvmExitCode.Cpuid).Should().Be(VmExitKind.Cpuid);
        Intercepted(Intercepts.VirtualInterrupt).Should().BeTrue("it is open until it is reached");
        Exit(SvmExitCode.VirtualInterrupt).Should().Be(VmExitKind.InterruptWindow);
        Intercepted(Intercepts.VirtualInterrupt).Should().BeFalse();
        Control.VirtualInterrupt.Should().NotHaveFlag(VirtualInterrupt.Pending);
        State.WatchesEvents.Should().BeFalse();
    }

    [Fact]
    public void AnInjectedInterruptNeedsNoWindow()
    {
        State.RequestInterruptWindow();
        State.Inject(VcpuEvent.Interrupt(0x30));
        Control.VirtualInterrupt.Should().NotHaveFlag(VirtualInterrupt.Pending);
        State.RequestInterruptWindow();
        State.Inject(VcpuEvent.Exception(ExceptionVector.DivideError));
        Control.VirtualInterrupt.Should().HaveFlag(VirtualInterrupt.Pending, "an exception is not what was waited for");
    }

    [Fact]
    public void AnNmiHandlerEndsBehindItsIret()
    {
        StartNmi();
        Intercepted(Intercepts.InterruptReturn).Should().BeTrue();
        Exit(SvmExitCode.InterruptReturn);
        State.NmiBlocked.Should().BeTrue("IRET has not run");
        Intercepted(Intercepts.InterruptReturn).Should().BeFalse();

        Enter();
        State.Rflags.Should().HaveFlag(Rflags.Trap);
        Control.Exceptions.Should().Be(0xFFFF_FFFF);
        State.Rflags = Rflags.AlwaysOne | Rflags.InterruptEnable;
        State.Dr6 |= SingleStep;
        Exit(SvmExitCode.DebugException).Should().Be(VmExitKind.NmiWindow);
        State.NmiBlocked.Should().BeFalse();
        (State.Dr6 & SingleStep).Should().Be(0);
        State.Rflags.Should().Be(Rflags.AlwaysOne | Rflags.InterruptEnable, "they are those that IRET loaded");
        Control.Exceptions.Should().NotBe(0xFFFF_FFFF);
        State.WatchesEvents.Should().BeFalse();
    }

    [Fact]
    public void AnInstructionBreakpointOnTheIretIsNotItsEnd()
    {
        StartNmi();
        Exit(SvmExitCode.InterruptReturn);
        Enter();
        Exit(SvmExitCode.DebugException).Should().Be(VmExitKind.Exception);
        State.NmiBlocked.Should().BeTrue();
        State.Rflags.Should().NotHaveFlag(Rflags.Trap);
    }

    [Fact]
    public void TheStepIsKnownByRipWhereDr6IsNotWritten()
    {
        StartNmi();
        Exit(SvmExitCode.InterruptReturn);
        Enter();
        State.Rip += 2;
        Exit(SvmExitCode.DebugException).Should().Be(VmExitKind.NmiWindow);
        State.NmiBlocked.Should().BeFalse();
    }

    [Fact]
    public void AGuestThatSteppedItselfGetsItsDebugException()
    {
        StartNmi();
        Exit(SvmExitCode.InterruptReturn);
        State.Rflags |= Rflags.Trap;
        Enter();
        State.Dr6 |= SingleStep;
        Exit(SvmExitCode.DebugException).Should().Be(VmExitKind.Exception);
        State.NmiBlocked.Should().BeFalse();
        (State.Dr6 & SingleStep).Should().NotBe(0);
    }

    [Fact]
    public void AnInterruptedStepShowsNoTrapFlagAndIsTakenUpAgain()
    {
        StartNmi();
        Exit(SvmExitCode.InterruptReturn);
        Enter();
        Exit(SvmExitCode.Interrupt).Should().Be(VmExitKind.HostInterrupt);
        State.Rflags.Should().NotHaveFlag(Rflags.Trap);
        State.NmiBlocked.Should().BeTrue();
        Enter();
        State.Rflags.Should().HaveFlag(Rflags.Trap);
    }

    [Fact]
    public void AFaultOfTheIretGoesToTheGuestWithoutOurTrapFlag()
    {
        StartNmi();
        Exit(SvmExitCode.InterruptReturn);
        Enter();
        Exit(SvmExitCode.PageFaultException, 0xBAD_0000).Should().Be(VmExitKind.Exception);
        State.Rflags.Should().NotHaveFlag(Rflags.Trap);
        State.Cr2.Should().Be(0xBAD_0000);
        State.Inject(VcpuEvent.Exception(ExceptionVector.PageFault, 2));
        Enter();
        State.Rflags.Should().NotHaveFlag(Rflags.Trap, "the handler must not see it");
        Intercepted(Intercepts.InterruptReturn).Should().BeTrue("NMIs stay blocked until an IRET runs");
    }

    [Fact]
    public void AnNmiThatWaitsForItsTurnIsLookedAtAfterTheNextExit()
    {
        _vcpu.DeliverEvents();
        State.RequestNmiWindow();
        Exit(SvmExitCode.Cpuid).Should().Be(VmExitKind.Cpuid);
        _vcpu.NeedsAttention.Should().BeTrue();
    }
}
