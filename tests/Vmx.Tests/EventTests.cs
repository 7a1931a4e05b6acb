using System;
using Lamina.Core;

namespace Lamina.Vmx.Tests;

/// <summary>Windows, NMIs, shadows and debug exceptions, with exits played as the hardware gives them; what is then entered breaks no rule.</summary>
public sealed class EventTests : IDisposable
{
    private const uint Nmi = 0x8000_0202, DebugException = 0x8000_0301, Int1 = 0x8000_0501, UnblockedByIret = 1 << 12;
    private const ulong SingleStep = 1 << 14;

    private readonly VmxFixture _vmx = new();

    /// <summary>Protected mode, where faults have error codes.</summary>
    public EventTests()
    {
        State.Cr0 = Cr0.ProtectionEnable;
        Enter();
    }

    public void Dispose() => _vmx.Dispose();

    private VirtualCpu Vcpu => _vmx.Vcpu;

    private VmxVcpuState State => _vmx.State;

    private FakeVmcs Vmcs => _vmx.Vmcs;

    private EventInformation Injected => new(Vmcs.Read(VmcsField32.EntryInterruption));

    private Interruptibility Blocked => (Interruptibility)Vmcs.Read(VmcsField32.GuestInterruptibility);

    private ulong PendingDebugExceptions => Vmcs.Read(VmcsFieldNatural.GuestPendingDebugExceptions);

    private bool IsOpen(PrimaryControls window) => ((PrimaryControls)Vmcs.Read(VmcsField32.PrimaryControls) & window) != 0;

    private void Enter()
    {
        State.BeforeEntry().Should().BeTrue();
        _vmx.FindBrokenRule().Should().BeNull();
    }

    private VmExit Exit(VmxExitReason reason, ulong qualification = 0, ulong length = 0, uint idtVectoring = 0) =>
        _vmx.TakeExit(VmxFixture.Exit(reason, qualification, length, idtVectoring));

    private VmExit Exception(uint information, ulong qualification = 0, ulong length = 0, uint idtVectoring = 0)
    {
        Vmcs.Write(VmcsField32.ExitInterruption, information);
        return Exit(VmxExitReason.ExceptionOrNmi, qualification, length, idtVectoring);
    }

    /// <summary>What the guest did before its exit.</summary>
    private void GuestSets(Rflags flags, Interruptibility blocked = 0, ulong pending = 0)
    {
        Vmcs.Write(VmcsFieldNatural.GuestRflags, (ulong)(flags | Rflags.AlwaysOne));
        Vmcs.Write(VmcsField32.GuestInterruptibility, (uint)blocked);
        Vmcs.Write(VmcsFieldNatural.GuestPendingDebugExceptions, pending);
    }

    [Fact]
    public void AnInterruptWindowExitsUntilItIsMet()
    {
        State.RequestInterruptWindow();
        IsOpen(PrimaryControls.InterruptWindowExiting).Should().BeTrue();
        Enter();
        Exit(VmxExitReason.Cpuid).Kind.Should().Be(VmExitKind.Cpuid);
        IsOpen(PrimaryControls.InterruptWindowExiting).Should().BeTrue("it is open until it is reached");
        Exit(VmxExitReason.InterruptWindow).Kind.Should().Be(VmExitKind.InterruptWindow);
        IsOpen(VcpuControls.Windows).Should().BeFalse();
    }

    [Fact]
    public void AnInjectedInterruptNeedsNoWindow()
    {
        State.RequestInterruptWindow();
        State.Inject(VcpuEvent.Interrupt(0x30));
        Injected.Value.Should().Be(0x8000_0030);
        IsOpen(PrimaryControls.InterruptWindowExiting).Should().BeFalse();
        State.RequestInterruptWindow();
        State.Inject(VcpuEvent.Exception(ExceptionVector.DivideError));
        IsOpen(PrimaryControls.InterruptWindowExiting).Should().BeTrue("an exception is not what was waited for");
    }

    /// <summary>The entry that delivers an NMI blocks the next; it fails where NMIs are blocked before.</summary>
    [Fact]
    public void AnNmiIsInjectedUnblocked()
    {
        Vcpu.RaiseNmi();
        Vcpu.DeliverEvents();
        Injected.Value.Should().Be(Nmi);
        Blocked.Should().Be((Interruptibility)0);
        Enter();
    }

    [Fact]
    public void ASecondNmiWaitsForTheEndOfTheFirst()
    {
        Vcpu.RaiseNmi();
        Vcpu.DeliverEvents();
        Enter();
        GuestSets(0, Interruptibility.BlockedByNmi);
        Exit(VmxExitReason.Cpuid);
        State.NmiBlocked.Should().BeTrue();
        Vcpu.RaiseNmi();
        Vcpu.DeliverEvents();
        Injected.IsValid.Should().BeFalse();
        IsOpen(PrimaryControls.NmiWindowExiting).Should().BeTrue();
        Enter();
        GuestSets(0);
        _vmx.Handle(Exit(VmxExitReason.NmiWindow));
        IsOpen(PrimaryControls.NmiWindowExiting).Should().BeFalse();
        Injected.Value.Should().Be(Nmi);
        Enter();
    }

    /// <summary>A CPU may make the NMI-window exit in the shadow of STI, before the instruction that ends it: the vCPU would come no further.</summary>
    [Fact]
    public void AnNmiInTheShadowOfStiWaitsForAnExitBehindIt()
    {
        GuestSets(Rflags.InterruptEnable, Interruptibility.BlockedBySti);
        Exit(VmxExitReason.ExternalInterrupt);
        Vcpu.RaiseNmi();
        Vcpu.DeliverEvents();
        Injected.IsValid.Should().BeFalse();
        IsOpen(PrimaryControls.NmiWindowExiting).Should().BeFalse();
        IsOpen(PrimaryControls.InterruptWindowExiting).Should().BeTrue();
        Enter();
        GuestSets(Rflags.InterruptEnable);
        _vmx.Handle(Exit(VmxExitReason.InterruptWindow));
        Injected.Value.Should().Be(Nmi);
        Enter();
    }

    [Fact]
    public void AnNmiInTheShadowOfMovSsHasItsOwnWindow()
    {
        GuestSets(0, Interruptibility.BlockedByMovSs);
        Exit(VmxExitReason.ExternalInterrupt);
        Vcpu.RaiseNmi();
        Vcpu.DeliverEvents();
        IsOpen(PrimaryControls.NmiWindowExiting).Should().BeTrue();
        Enter();
    }

    [Fact]
    public void AnNmiWhoseDeliveryWasInterruptedIsInjectedAgain()
    {
        GuestSets(0, Interruptibility.BlockedByNmi);
        _vmx.Handle(Exit(VmxExitReason.Pause, idtVectoring: Nmi));
        Injected.Value.Should().Be(Nmi);
        Blocked.Should().Be((Interruptibility)0);
        Enter();
    }

    [Fact]
    public void AnIretThatFaultsHasNotEndedItsHandler()
    {
        Exception(DebugException | UnblockedByIret);
        State.NmiBlocked.Should().BeTrue();
        Blocked.Should().Be(Interruptibility.BlockedByNmi);

        GuestSets(0);
        Exit(VmxExitReason.EptViolation, 0x181 | (ulong)EptViolationQualification.UnblockedByIret);
        State.NmiBlocked.Should().BeTrue();

        // Where a delivery was interrupted, the bit says nothing.
        GuestSets(0);
        Exit(VmxExitReason.EptViolation, 0x181 | (ulong)EptViolationQualification.UnblockedByIret, idtVectoring: 0x8000_0030);
        State.NmiBlocked.Should().BeFalse();
        GuestSets(0);
        Exit(VmxExitReason.EptViolation, 0x181);
        State.NmiBlocked.Should().BeFalse();
    }

    [Theory]
    [InlineData(Cr0.ProtectionEnable, true)]
    [InlineData((Cr0)0, false)]
    public void ARealModeFaultHasNoErrorCode(Cr0 cr0, bool hasErrorCode)
    {
        State.Cr0 = cr0;
        Vcpu.Raise(ExceptionVector.GeneralProtection, 0x28);
        Vcpu.DeliverEvents();
        Injected.Vector.Should().Be(13);
        Injected.HasErrorCode.Should().Be(hasErrorCode);
        if (hasErrorCode) Vmcs.Read(VmcsField32.EntryExceptionErrorCode).Should().Be(0x28);
        State.Rflags.Should().HaveFlag(Rflags.Resume);
        Enter();
    }

    [Fact]
    public void ADebugExceptionSaysInDr6WhatItWas()
    {
        State.Dr6 = 0xFFFF_0FF0 | 3 | SingleStep;
        State.Dr7 = 0x400 | 1 << 13;
        Exception(DebugException, 1 << 13 | 4);
        State.Dr6.Should().Be(0xFFFF_0FF0 | SingleStep | 1 << 13 | 4, "B0 to B3 are those of this one, the others stay until software clears them");
        State.Dr7.Should().Be(0x400, "GD is cleared for the handler");
    }

    [Fact]
    public void OtherExceptionsLeaveTheDebugRegistersAlone()
    {
        State.Dr7 = 0x400 | 1 << 13;
        Exception(0x8000_0B11, 0xF);
        State.Dr6.Should().Be(0xFFFF_0FF0);
        State.Dr7.Should().Be(0x2400);
    }

    /// <summary>INT1's handler returns behind it; the exit leaves RIP at it (Intel SDM vol. 3, 28.3.3).</summary>
    [Theory]
    [InlineData(0x1000UL, 0x1001UL)]
    [InlineData(0xFFFF_FFFFUL, 0UL)]
    public void Int1IsBehindTheGuestWhenItsHandlerRuns(ulong rip, ulong next)
    {
        Vmcs.Write(VmcsFieldNatural.GuestRip, rip);
        GuestSets(Rflags.Resume);
        var exit = Exception(Int1, length: 1);
        State.Rip.Should().Be(next);
        State.Rflags.Should().NotHaveFlag(Rflags.Resume);
        _vmx.Handle(exit);
        Injected.Value.Should().Be(DebugException);
        Enter();
    }

    [Fact]
    public void ADebugFaultIsAtItsInstruction()
    {
        Vmcs.Write(VmcsFieldNatural.GuestRip, 0x1000);
        Exception(DebugException, 1, length: 1);
        State.Rip.Should().Be(0x1000);
    }

    /// <summary>A #DB that exits takes the single step that waits with it, and an entry insists on that: user code could else end its VM.</summary>
    [Theory]
    [InlineData(DebugException)]
    [InlineData(Int1)]
    public void ADebugExceptionInAShadowUnderSingleStepCanBeEntered(uint information)
    {
        GuestSets(Rflags.Trap | Rflags.InterruptEnable, Interruptibility.BlockedBySti);
        _vmx.Handle(Exception(information, 1 << 13, length: 1));
        Enter();
    }

    /// <summary>MOV SS, then an instruction that exits, under single step: the trap behind it is Core's to raise, once.</summary>
    [Fact]
    public void AnInstructionThatCoreEndsEndsTheShadow()
    {
        GuestSets(Rflags.Trap, Interruptibility.BlockedByMovSs, SingleStep);
        Exit(VmxExitReason.Cpuid, length: 2);
        State.InterruptShadow.Should().BeTrue();
        Vcpu.CompleteInstruction(State.Rip + 2);
        Vcpu.DeliverEvents();
        Enter();
        Blocked.Should().Be((Interruptibility)0);
        PendingDebugExceptions.Should().Be(0);
        Injected.Value.Should().Be(DebugException);
        State.Dr6.Should().Be(0xFFFF_0FF0 | SingleStep);
    }

    [Fact]
    public void ADataBreakpointThatWaitsIsNotLostWithTheShadow()
    {
        GuestSets(0, Interruptibility.BlockedByMovSs, 1 << 12 | 1);
        Exit(VmxExitReason.Cpuid, length: 2);
        Vcpu.CompleteInstruction(State.Rip + 2);
        Enter();
        PendingDebugExceptions.Should().Be(1 << 12 | 1);
    }

    [Theory]
    [InlineData(Rflags.InterruptEnable, Interruptibility.BlockedBySti)]
    [InlineData(Rflags.InterruptEnable | Rflags.Trap, Interruptibility.BlockedBySti)]
    [InlineData((Rflags)0, Interruptibility.BlockedByMovSs)]
    public void AShadowThatCoreMakesIsOneThatAnEntryTakes(Rflags flags, Interruptibility kind)
    {
        State.Rflags = flags | Rflags.AlwaysOne;
        State.InterruptShadow = true;
        Enter();
        Blocked.Should().Be(kind);
        PendingDebugExceptions.Should().Be((flags & Rflags.Trap) != 0 ? SingleStep : 0);
    }
}
