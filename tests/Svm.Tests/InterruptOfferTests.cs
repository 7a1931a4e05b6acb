using System;
using Lamina.Core;
using Lamina.Testing;

namespace Lamina.Svm.Tests;

/// <summary>Interrupts that are offered as virtual interrupts, with exits played as the hardware gives them.</summary>
public sealed unsafe class InterruptOfferTests : IDisposable
{
    private const byte Vector = 0x31;

    private readonly SvmFixture _svm = new(offersInterrupts: true);
    private readonly TestMachine _machine = new();
    private readonly VirtualCpu _vcpu;

    public InterruptOfferTests()
    {
        _vcpu = new VirtualCpu(_machine.Machine, 0, _svm.State);
        _vcpu.DeliverEvents();
    }

    public void Dispose()
    {
        _machine.Dispose();
        _svm.Dispose();
    }

    private SvmVcpuState State => _svm.State;

    private ref VmcbControlArea Control => ref _svm.State.Vmcb->Control;

    private VmExit Exit(SvmExitCode code, bool taken)
    {
        if (taken) Control.VirtualInterrupt &= ~VirtualInterrupt.Pending;
        Control.ExitCode = code;
        VmExit exit = default;
        ExitDecoder.Decode(Control, State.Rip, false, ref exit);
        State.WatchesEvents.Should().BeTrue();
        State.AfterWatchedExit(_vcpu, ref exit);
        return exit;
    }

    [Fact]
    public void TheVectorIsInTheVirtualInterruptWhichDoesNotExit()
    {
        State.RequestInterruptWindow();
        State.Inject(VcpuEvent.Interrupt(Vector));
        Control.InjectedEvent.IsValid.Should().BeFalse();
        Control.VirtualInterrupt.Should().HaveFlag(VirtualInterrupt.Pending);
        ((ulong)Control.VirtualInterrupt >> 32).Should().Be(Vector);
        (Control.Intercepts & Intercepts.VirtualInterrupt).Should().Be(0);
    }

    [Fact]
    public void WhatWasTakenIsDone()
    {
        State.Inject(VcpuEvent.Interrupt(Vector));
        Exit(SvmExitCode.Cpuid, taken: true).InterruptedEvent.IsValid.Should().BeFalse();
        (Control.VirtualInterrupt & (VirtualInterrupt.Pending | VirtualInterrupt.Vector)).Should().Be(0);
        State.WatchesEvents.Should().BeFalse();
        _vcpu.NeedsAttention.Should().BeFalse();
    }

    [Fact]
    public void WhatWasNotTakenIsDeliveredAgain()
    {
        State.Inject(VcpuEvent.Interrupt(Vector));
        VmExit exit = Exit(SvmExitCode.Interrupt, taken: false);
        exit.InterruptedEvent.IsValid.Should().BeTrue();
        exit.InterruptedEvent.Kind.Should().Be(EventKind.Interrupt);
        exit.InterruptedEvent.Vector.Should().Be(Vector);
        Control.VirtualInterrupt.Should().NotHaveFlag(VirtualInterrupt.Pending, "it is Core's again");
        _vcpu.Redeliver(exit.InterruptedEvent);
        _vcpu.DeliverEvents();
        ((ulong)Control.VirtualInterrupt >> 32).Should().Be(Vector);
    }

    [Fact]
    public void OneWhoseDeliveryExitsIsDeliveredOnce()
    {
        State.Inject(VcpuEvent.Interrupt(Vector));
        Control.InterruptedEvent = EventInjection.From(VcpuEvent.Interrupt(Vector));
        VmExit exit = Exit(SvmExitCode.NestedPageFault, taken: false);
        exit.InterruptedEvent.Vector.Should().Be(Vector);
        Control.VirtualInterrupt.Should().NotHaveFlag(VirtualInterrupt.Pending);
    }

    [Fact]
    public void AWindowBehindIsTheNextExitOfAnyKind()
    {
        State.Inject(VcpuEvent.Interrupt(Vector));
        State.RequestInterruptWindow();
        (Control.Intercepts & Intercepts.VirtualInterrupt).Should().Be(0, "the interrupt would exit, and not be taken");
        Exit(SvmExitCode.Cpuid, taken: true);
        _vcpu.NeedsAttention.Should().BeTrue();
    }

    [Fact]
    public void WhatIsNoInterruptIsInjected()
    {
        State.Inject(VcpuEvent.Exception(ExceptionVector.DivideError));
        Control.InjectedEvent.IsValid.Should().BeTrue();
        Control.VirtualInterrupt.Should().NotHaveFlag(VirtualInterrupt.Pending);
    }
}
