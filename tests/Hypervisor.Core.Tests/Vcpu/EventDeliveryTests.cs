using System;
using System.Linq;
using Lamina.Testing;

namespace Lamina.Core.Tests.Vcpu;

/// <summary>Which event a vCPU gets first (AMD APM vol. 2, 8.5), and what becomes of the others.</summary>
public sealed class EventDeliveryTests : IDisposable
{
    private readonly TestMachine _test = new();
    private readonly VirtualCpu _vcpu;
    private readonly FakeVcpuState _state;

    public EventDeliveryTests()
    {
        _vcpu = _test.Machine.Vcpus[0];
        _state = _test.States[0];
        _vcpu.Reset();
        _vcpu.Apic.WriteMemory((ulong)LocalApicRegister.SpuriousVector << 4, 4, 0x1FF);
        _vcpu.DeliverEvents();
        _state.Rflags = Rflags.InterruptEnable;
    }

    public void Dispose() => _test.Dispose();

    private void Interrupt(byte vector) => _vcpu.Apic.Accept(new InterruptMessage(vector, DeliveryMode.Fixed, 0, false, false));

    [Fact]
    public void AnExceptionComesBeforeAnNmiBeforeAnInterrupt()
    {
        Interrupt(0x40);
        _vcpu.RaiseNmi();
        _vcpu.Raise(ExceptionVector.GeneralProtection, 0);

        _vcpu.DeliverEvents();
        _state.NmiWindowRequested.Should().BeTrue();
        _state.InterruptWindowRequested.Should().BeTrue();
        _vcpu.DeliverEvents();
        _vcpu.DeliverEvents();

        _state.Injected.Select(e => e.Vector).Should().Equal(13, 2, 0x40);
    }

    [Fact]
    public void AnInterruptWaitsForTheFlagAndTheShadow()
    {
        _state.Rflags = 0;
        Interrupt(0x40);
        _vcpu.DeliverEvents();
        _state.Injected.Should().BeEmpty();
        _state.InterruptWindowRequested.Should().BeTrue();
        _state.Rflags = Rflags.InterruptEnable;
        _state.InterruptShadow = true;
        _vcpu.DeliverEvents();
        _state.Injected.Should().BeEmpty();
        _state.InterruptShadow = false;
        _vcpu.DeliverEvents();
        _state.Injected.Should().ContainSingle();
    }

    [Fact]
    public void OneWindowIsAskedForWhileMoreInterruptsWait()
    {
        Interrupt(0x40);
        _vcpu.DeliverEvents();
        _state.InterruptWindowRequested.Should().BeFalse("nothing more waits");
        Interrupt(0x50);
        Interrupt(0x60);
        _vcpu.DeliverEvents();
        _state.Injected.Last().Vector.Should().Be(0x60);
        _state.InterruptWindowRequested.Should().BeFalse("0x50 is of a lower class than what is in service");
    }

    [Fact]
    public void AnInterruptedDeliveryIsDoneAgainBeforeAllElse()
    {
        Interrupt(0x40);
        _vcpu.RaiseNmi();
        _vcpu.Redeliver(VcpuEvent.Interrupt(0x33));
        _vcpu.DeliverEvents();
        _state.Injected.Should().ContainSingle().Which.Vector.Should().Be(0x33);
    }

    [Theory]
    [InlineData(EventKind.SoftwareInterrupt, 0x80)]
    [InlineData(EventKind.Exception, 3)]
    [InlineData(EventKind.Exception, 4)]
    public void ASoftwareInterruptIsDoneAgainByItsInstruction(EventKind kind, byte vector)
    {
        _vcpu.Redeliver(new VcpuEvent { IsValid = true, Kind = kind, Vector = vector });
        _vcpu.DeliverEvents();
        _state.Injected.Should().BeEmpty();
    }

    [Theory]
    [InlineData(ExceptionVector.GeneralProtection, ExceptionVector.SegmentNotPresent, ExceptionVector.DoubleFault)]
    [InlineData(ExceptionVector.GeneralProtection, ExceptionVector.PageFault, ExceptionVector.PageFault)]
    [InlineData(ExceptionVector.PageFault, ExceptionVector.PageFault, ExceptionVector.DoubleFault)]
    [InlineData(ExceptionVector.PageFault, ExceptionVector.GeneralProtection, ExceptionVector.DoubleFault)]
    [InlineData(ExceptionVector.InvalidOpcode, ExceptionVector.GeneralProtection, ExceptionVector.GeneralProtection)]
    [InlineData(ExceptionVector.DivideError, ExceptionVector.StackFault, ExceptionVector.DoubleFault)]
    [InlineData(ExceptionVector.GeneralProtection, ExceptionVector.Debug, ExceptionVector.Debug)]
    public void ExceptionsCombine(ExceptionVector first, ExceptionVector second, ExceptionVector delivered)
    {
        _vcpu.Raise(second, 0);
        _vcpu.Redeliver(VcpuEvent.Exception(first, 0));
        _vcpu.DeliverEvents();
        _state.Injected.Should().ContainSingle().Which.Vector.Should().Be((byte)delivered);
    }

    [Fact]
    public void AFaultOfTheDoubleFaultIsATripleFault()
    {
        _vcpu.Raise(ExceptionVector.PageFault, 0);
        _vcpu.Redeliver(VcpuEvent.Exception(ExceptionVector.DoubleFault, 0));
        _test.Machine.StopRequest.Should().Be(VmStopReason.TripleFault);
    }

    [Fact]
    public void AnInterruptWhoseDeliveryFaultedIsNotLost()
    {
        Interrupt(0x40);
        _vcpu.DeliverEvents();
        _vcpu.Raise(ExceptionVector.PageFault, 0);
        _vcpu.Redeliver(VcpuEvent.Interrupt(0x40));
        _vcpu.DeliverEvents();
        _vcpu.DeliverEvents();
        _state.Injected.Select(e => e.Vector).Should().Equal(0x40, 14, 0x40);
    }

    [Fact]
    public void AnNmiWhoseDeliveryFaultedIsNotLost()
    {
        _vcpu.RaiseNmi();
        _vcpu.DeliverEvents();
        _vcpu.Raise(ExceptionVector.PageFault, 0);
        _vcpu.Redeliver(VcpuEvent.Nmi());
        _vcpu.DeliverEvents();
        _vcpu.DeliverEvents();
        _state.Injected.Select(e => e.Vector).Should().Equal(2, 14, 2);
    }

    [Fact]
    public void FaultsSetTheResumeFlagAndTrapsDoNot()
    {
        _vcpu.Raise(ExceptionVector.GeneralProtection, 0);
        _vcpu.DeliverEvents();
        _state.Rflags.Should().HaveFlag(Rflags.Resume);

        _state.Rflags = Rflags.Trap;
        _vcpu.CompleteInstruction(0x1000);
        _vcpu.DeliverEvents();
        _state.Rflags.Should().NotHaveFlag(Rflags.Resume);
        _state.Injected.Last().Vector.Should().Be(1);
    }

    [Fact]
    public void AHaltEndsForAnEventThatCanBeTaken()
    {
        _vcpu.Activity = VcpuActivity.Halted;
        _vcpu.IsRunnable.Should().BeFalse();
        Interrupt(0x40);
        _vcpu.IsRunnable.Should().BeTrue();
        _state.Rflags = 0;
        _vcpu.IsRunnable.Should().BeFalse("interrupts are off");
        _vcpu.RaiseNmi();
        _vcpu.IsRunnable.Should().BeTrue();
        _state.NmiBlocked = true;
        _vcpu.IsRunnable.Should().BeFalse("in an NMI handler no second one is taken");
        _vcpu.Raise(ExceptionVector.Debug);
        _vcpu.IsRunnable.Should().BeTrue("a single-stepped HLT ends in its debug exception");
    }

    [Fact]
    public void The8259PairInterruptsByLint0()
    {
        var pair = new Pair();
        _test.Machine.Interrupts.ExternalInterrupts = pair;
        _vcpu.Activity = VcpuActivity.Halted;
        pair.Requests = true;
        _test.Machine.Interrupts.ExternalInterruptChanged();
        _vcpu.IsRunnable.Should().BeTrue();
        _vcpu.DeliverEvents();
        _state.Injected.Should().ContainSingle().Which.Vector.Should().Be(8);

        pair.Requests = true;
        _vcpu.Apic.WriteMemory((ulong)LocalApicRegister.Lint0Vector << 4, 4, 0x10700);
        _test.Machine.Interrupts.ExternalInterruptChanged();
        _vcpu.DeliverEvents();
        _state.Injected.Should().ContainSingle("LINT0 is masked");
        _vcpu.Apic.WriteMemory((ulong)LocalApicRegister.Lint0Vector << 4, 4, 0x700);
        _vcpu.NeedsAttention.Should().BeTrue();
        _vcpu.DeliverEvents();
        _state.Injected.Should().HaveCount(2);
    }

    private sealed class Pair : ExternalInterruptSource
    {
        public bool Requests { get; set; }
        public override bool IsPending => Requests;

        public override byte Acknowledge()
        {
            Requests = false;
            return 8;
        }
    }
}
