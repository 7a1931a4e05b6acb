using System;
using System.Collections.Generic;
using System.Linq;
using FsCheck;
using FsCheck.Fluent;
using Lamina.Testing;

namespace Lamina.Core.Tests.Interrupts;

/// <summary>A local APIC on hardware that virtualizes it: the guest cannot tell.</summary>
public sealed class LocalApicVirtualizationTests : IDisposable
{
    private const ApicBase X2Apic = ApicBase.Enabled | ApicBase.X2Apic | (ApicBase)LocalApic.DefaultAddress;

    private readonly TestMachine _test = new();
    private readonly VirtualCpu _vcpu;
    private readonly LocalApic _apic;
    private readonly FakeVcpuState _state;

    public LocalApicVirtualizationTests()
    {
        (_vcpu, _state) = (_test.Machine.Vcpus[0], _test.States[0]);
        _apic = _vcpu.Apic;
        Start(_test, hardware: true);
    }

    public void Dispose() => _test.Dispose();

    private static void Start(TestMachine test, bool hardware)
    {
        var vcpu = test.Machine.Vcpus[0];
        test.States[0].CanDeliverInterrupts = hardware;
        vcpu.Reset();
        vcpu.DeliverEvents();
        test.States[0].Rflags = Rflags.InterruptEnable;
        Write(vcpu.Apic, LocalApicRegister.SpuriousVector, 0x1FF);
    }

    private static void Write(LocalApic apic, LocalApicRegister register, uint value) => apic.WriteMemory((ulong)register << 4, 4, value);
    private static uint Read(LocalApic apic, LocalApicRegister register) => (uint)apic.ReadMemory((ulong)register << 4, 4);
    private uint Read(LocalApicRegister register) => Read(_apic, register);

    private void Accept(byte vector, bool level = false) => _apic.Accept(new InterruptMessage(vector, DeliveryMode.Fixed, 0, false, level));

    private void WriteByHardware(LocalApicRegister register, uint value) => new ApicHardware(_vcpu).Write(register, value);

    private sealed class Listener : EndOfInterruptListener
    {
        public List<byte> Ended { get; } = [];
        public override void EndOfInterrupt(byte vector) => Ended.Add(vector);
    }

    [Fact]
    public void HardwareDeliversWhatSoftwareWouldHaveInjected()
    {
        // Odd vectors are an I/O APIC's level-triggered ones, even ones come by message and are those that the guest sends itself.
        var step = from kind in Gen.Choose(0, 4) from vector in Gen.Choose(0, 255) select (kind, (byte)vector);
        Prop.ForAll(step.ArrayOf().ToArbitrary(), steps =>
        {
            using TestMachine soft = new(), hard = new();
            var (softEnds, hardEnds) = (new Listener(), new Listener());
            soft.Machine.Interrupts.EndOfInterruptListener = softEnds;
            hard.Machine.Interrupts.EndOfInterruptListener = hardEnds;
            Start(soft, hardware: false);
            Start(hard, hardware: true);
            var (vcpu, state, apic) = (soft.Machine.Vcpus[0], soft.States[0], soft.Machine.Vcpus[0].Apic);
            var hardApic = hard.Machine.Vcpus[0].Apic;
            var hardware = new ApicHardware(hard.Machine.Vcpus[0]);
            hardware.Enter();
            foreach (var (kind, value) in steps)
            {
                switch (kind)
                {
                    case 0:
                        var message = new InterruptMessage(value, DeliveryMode.Fixed, 0, false, (value & 1) != 0);
                        hardware.Exit();
                        hardApic.Accept(message).Should().Be(apic.Accept(message));
                        hardApic.PendingVector.Should().Be(apic.PendingVector);
                        hardware.Enter();
                        break;
                    case 1:
                        Write(apic, LocalApicRegister.TaskPriority, value);
                        hardware.WriteTaskPriority(value);
                        break;
                    case 2:
                        uint command = (uint)InterruptShorthand.Self << 18 | (value & ~1u);
                        Write(apic, LocalApicRegister.InterruptCommand, command);
                        hardware.InterruptItself((byte)command);
                        break;
                    default:
                        Write(apic, LocalApicRegister.EndOfInterrupt, 0);
                        hardware.EndInterrupt();
                        break;
                }
                while (vcpu.NeedsAttention || state.InterruptWindowRequested)
                {
                    state.InterruptWindowRequested = false;
                    vcpu.DeliverEvents();
                }
                hardware.Delivered.Should().Equal(state.Injected.Select(injected => injected.Vector));
                hardEnds.Ended.Should().Equal(softEnds.Ended);
                hardware.Exit();
                for (var register = (LocalApicRegister)0; register <= LocalApicRegister.SelfInterrupt; register++)
                    Read(hardApic, register).Should().Be(Read(apic, register), "the guest reads {0}", register);
                hardware.Enter();
            }
            hard.States[0].Injected.Should().BeEmpty();
            hard.States[0].InterruptWindowRequested.Should().BeFalse();
            hardware.Exit();
            Drain(hardApic).Should().Equal(Drain(apic), "software can go on from any exit");
        }).QuickCheckThrowOnFailure();
    }

    /// <summary>What software alone finds in an APIC: the vectors that it takes (positive) and the priorities that it ends (negative), in order.</summary>
    private static List<int> Drain(LocalApic apic)
    {
        var order = new List<int>();
        Write(apic, LocalApicRegister.TaskPriority, 0);
        while (apic.PendingVector >= 0 || apic.ProcessorPriority > 0)
        {
            order.Add(apic.PendingVector >= 0 ? apic.PendingVector : -apic.ProcessorPriority);
            if (apic.PendingVector >= 0) apic.Acknowledge();
            else apic.EndOfInterrupt();
        }
        return order;
    }

    [Fact]
    public void AHaltedVcpuWakesForWhatHardwareWillDeliver()
    {
        _vcpu.Activity = VcpuActivity.Halted;
        Accept(0x40);
        _vcpu.IsRunnable.Should().BeTrue();
        _vcpu.DeliverEvents();
        _state.Injected.Should().BeEmpty();
        _state.InterruptWindowRequested.Should().BeFalse();
        _apic.InterruptStatus.Should().Be(0x0040);
    }

    [Fact]
    public void TheOld8259PairsInterruptsAreStillInjected()
    {
        _test.Machine.Interrupts.ExternalInterrupts = new Pair();
        Accept(0x40);
        Write(_apic, LocalApicRegister.Lint0Vector, 0x700);
        _state.Rflags = 0;
        _vcpu.DeliverEvents();
        _state.InterruptWindowRequested.Should().BeTrue();
        _state.Rflags = Rflags.InterruptEnable;
        _vcpu.DeliverEvents();
        _state.Injected.Should().ContainSingle().Which.Vector.Should().Be(8);
        _apic.InterruptStatus.Should().Be(0x0040, "the other is hardware's to deliver");
    }

    private sealed class Pair : ExternalInterruptSource
    {
        public override bool IsPending => true;
        public override byte Acknowledge() => 8;
    }

    [Fact]
    public void ADeliveryThatFaultedIsRetracted()
    {
        var hardware = new ApicHardware(_vcpu);
        Accept(0x40);
        hardware.Enter();
        hardware.Exit();
        _apic.InterruptStatus.Should().Be(0x4000);
        _vcpu.Raise(ExceptionVector.PageFault, 0);
        _vcpu.Redeliver(VcpuEvent.Interrupt(0x40));
        _apic.InterruptStatus.Should().Be(0x0040);
    }

    [Fact]
    public void OnlyAnEnabledApicsInterruptsAreDeliveredByHardware()
    {
        _state.DeliversInterrupts.Should().BeTrue();
        WriteByHardware(LocalApicRegister.SpuriousVector, 0xFF);
        _state.DeliversInterrupts.Should().BeFalse();
        Write(_apic, LocalApicRegister.SpuriousVector, 0x1FF);
        _state.DeliversInterrupts.Should().BeTrue();
        _vcpu.Reset();
        _state.DeliversInterrupts.Should().BeFalse();
    }

    [Fact]
    public void TheBackendHearsOfEveryChangeOfTriggerMode()
    {
        int changes = _state.TriggerModeChanges;
        Accept(0x41, level: true);
        Accept(0x41, level: true);
        Accept(0xFF, level: true);
        _state.TriggerModeChanges.Should().Be(changes + 2);
        _apic.EndOfInterruptExits(1).Should().Be(1UL << 1);
        _apic.EndOfInterruptExits(3).Should().Be(1UL << 63);
        Accept(0x41);
        _state.TriggerModeChanges.Should().Be(changes + 3);
        _apic.EndOfInterruptExits(1).Should().Be(0);
    }

    [Theory]
    [InlineData(LocalApicRegister.Id, 0xFF000000, 0x00000000)] // read-only
    [InlineData(LocalApicRegister.LogicalDestination, 0xFFFFFFFF, 0xFF000000)]
    [InlineData(LocalApicRegister.DestinationFormat, 0x00000000, 0x0FFFFFFF)]
    [InlineData(LocalApicRegister.SpuriousVector, 0xFFFFFFFF, 0x000003FF)]
    [InlineData(LocalApicRegister.ErrorStatus, 0xFFFFFFFF, 0x00000000)]
    [InlineData(LocalApicRegister.TimerVector, 0xFFFFFFFF, 0x000700FF)]
    [InlineData(LocalApicRegister.Lint0Vector, 0xFFFFFFFF, 0x0001A7FF)]
    [InlineData(LocalApicRegister.TimerDivide, 0xFFFFFFFF, 0x0000000B)]
    [InlineData(LocalApicRegister.TimerInitialCount, 1000, 1000)]
    public void AWriteByHardwareLeavesInThePageWhatTheRegisterReadsAs(LocalApicRegister register, uint written, uint expected)
    {
        WriteByHardware(register, written);
        Read(register).Should().Be(expected);
    }

    [Fact]
    public void AWriteByHardwareHasItsEffects()
    {
        WriteByHardware(LocalApicRegister.TimerVector, 0x40);
        WriteByHardware(LocalApicRegister.TimerInitialCount, 1000);
        _apic.Timer.IsArmed.Should().BeTrue();
        WriteByHardware(LocalApicRegister.TimerVector, 0x40 | (uint)LocalVector.TscDeadline);
        _apic.Timer.IsArmed.Should().BeFalse();
        WriteByHardware(LocalApicRegister.TimerInitialCount, 1000);
        _apic.Timer.IsArmed.Should().BeFalse();
        Read(LocalApicRegister.TimerInitialCount).Should().Be(0, "it is ignored in TSC-deadline mode");
        WriteByHardware(LocalApicRegister.ErrorVector, 0x50);
        new ApicHardware(_vcpu).InterruptItself(3);
        Read(LocalApicRegister.InService + 2).Should().Be(1 << 0x10, "the error's interrupt was delivered");
    }

    [Fact]
    public void X2ApicRegistersAreReadFromThePage()
    {
        _apic.TrySetBase(X2Apic).Should().BeTrue();
        _apic.TryWriteMsr(0x830, 0x1234_5678_0000_0055);
        for (uint number = 0; number <= byte.MaxValue; number++)
        {
            var register = (LocalApicRegister)number;
            if (!LocalApic.IsReadFromPage(register)) continue;
            _apic.TryReadMsr(LocalApic.FirstMsr + number, out ulong value).Should().BeTrue("0x8{0:X2} is readable", number);
            ReadByHardware(register).Should().Be(value, "0x8{0:X2} is in the page", number);
        }
        ReadByHardware(LocalApicRegister.InterruptCommand).Should().Be(0x1234_5678_0000_0055);
        foreach (uint exits in (uint[])[0x0B, 0x0E, 0x31, 0x39, 0x3F, 0x40]) LocalApic.IsReadFromPage((LocalApicRegister)exits).Should().BeFalse();
    }

    /// <summary>8 bytes from the register's offset (Intel SDM vol. 3, 30.5).</summary>
    private unsafe ulong ReadByHardware(LocalApicRegister register) => *(ulong*)((byte*)_state.VirtualApic + ((int)register << 4));

    [Fact]
    public void AnX2ApicsIllegalSelfInterruptIsReported()
    {
        _apic.TrySetBase(X2Apic);
        WriteByHardware(LocalApicRegister.SelfInterrupt, 7);
        _apic.TryWriteMsr(0x828, 0);
        Read(LocalApicRegister.ErrorStatus).Should().Be((uint)ApicErrors.SendIllegalVector);
    }

    [Theory]
    [InlineData(0, 0x50, -1, 0)] // nothing waits
    [InlineData(0x48, 0x50, -1, 0)] // it is not TPR that holds it back
    [InlineData(0x50, 0x50, -1, 5)]
    [InlineData(0xF0, 0x5F, -1, 5)]
    [InlineData(0xF0, 0x50, 0x41, 5)]
    [InlineData(0xF0, 0x50, 0x53, 0)] // EOI has to come first
    public void TheThresholdIsTheClassThatTheTaskPriorityHoldsBack(byte taskPriority, byte request, int serving, byte expected)
    {
        using var test = new TestMachine();
        Start(test, hardware: false);
        var apic = test.Machine.Vcpus[0].Apic;
        if (serving >= 0)
        {
            apic.Accept(new InterruptMessage((byte)serving, DeliveryMode.Fixed, 0, false, false));
            apic.Acknowledge();
        }
        apic.TaskPriorityThreshold.Should().Be(0);
        if (taskPriority == 0) return;
        Write(apic, LocalApicRegister.TaskPriority, taskPriority);
        apic.Accept(new InterruptMessage(request, DeliveryMode.Fixed, 0, false, false));
        apic.TaskPriorityThreshold.Should().Be(expected);
    }

    [Fact]
    public void ALoweredTaskPriorityIsLookedAt()
    {
        _state.CanDeliverInterrupts = false;
        _apic.TrySetBase(_apic.Base);
        _apic.TaskPriorityClass = 5;
        Accept(0x50);
        _vcpu.DeliverEvents();
        _state.Injected.Should().BeEmpty();
        WriteTaskPriorityByHardware(0x40);
        var exit = new VmExit { Kind = VmExitKind.TaskPriorityLowered };
        ExitDispatcher.Handle(_test.Cpu, _vcpu, ref exit);
        _vcpu.NeedsAttention.Should().BeTrue();
        _vcpu.DeliverEvents();
        _state.Injected.Should().ContainSingle().Which.Vector.Should().Be(0x50);
    }

    private unsafe void WriteTaskPriorityByHardware(byte value) => _state.VirtualApic->TaskPriority = value;
}
