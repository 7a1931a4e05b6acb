using System;
using Lamina.Testing;

namespace Lamina.Core.Tests.Interrupts;

public sealed class LocalApicTests : IDisposable
{
    private const ulong EnableX2Apic = (ulong)(ApicBase.Enabled | ApicBase.X2Apic) | LocalApic.DefaultAddress;
    private readonly TestMachine _test = new(vcpus: 4);
    private readonly LocalApic _apic;

    public LocalApicTests()
    {
        foreach (var vcpu in _test.Machine.Vcpus)
        {
            vcpu.Reset();
            Write(vcpu.Apic, LocalApicRegister.SpuriousVector, 0x1FF);
            vcpu.DeliverEvents();
        }
        _apic = _test.Machine.Vcpus[0].Apic;
    }

    public void Dispose() => _test.Dispose();

    private static void Write(LocalApic apic, LocalApicRegister register, uint value) => apic.WriteMemory((ulong)register << 4, 4, value);
    private static uint Read(LocalApic apic, LocalApicRegister register) => (uint)apic.ReadMemory((ulong)register << 4, 4);
    private static InterruptMessage Fixed(byte vector, uint destination = 0, bool logical = false, bool level = false) =>
        new(vector, DeliveryMode.Fixed, destination, logical, level);

    private void Take(byte vector)
    {
        _apic.PendingVector.Should().Be(vector);
        _apic.Acknowledge();
    }

    [Fact]
    public void AfterResetTheBootProcessorIsInVirtualWireMode()
    {
        using var fresh = new TestMachine(vcpus: 2);
        foreach (var vcpu in fresh.Machine.Vcpus) vcpu.Reset();
        var (first, second) = (fresh.Machine.Vcpus[0].Apic, fresh.Machine.Vcpus[1].Apic);

        first.IsMemoryMapped.Should().BeTrue();
        first.BaseAddress.Should().Be(0xFEE0_0000);
        first.Base.Should().HaveFlag(ApicBase.BootProcessor);
        first.AcceptsExternalInterrupts.Should().BeTrue();
        Read(first, LocalApicRegister.SpuriousVector).Should().Be(0xFF);
        Read(first, LocalApicRegister.DestinationFormat).Should().Be(uint.MaxValue);
        Read(first, LocalApicRegister.Version).Should().Be(0x0005_0014);
        second.Base.Should().NotHaveFlag(ApicBase.BootProcessor);
        second.AcceptsExternalInterrupts.Should().BeFalse();
        Read(second, LocalApicRegister.Id).Should().Be(1 << 24);
        Read(second, LocalApicRegister.Lint0Vector).Should().Be(0x10000);
    }

    [Fact]
    public void TheHighestRequestIsTakenFirstAndNothingOfItsClassOrLowerInterruptsIt()
    {
        foreach (byte vector in (byte[])[0x41, 0x52, 0x31]) _apic.Accept(Fixed(vector));
        Take(0x52);
        _apic.PendingVector.Should().Be(-1);
        _apic.Accept(Fixed(0x5F));
        _apic.PendingVector.Should().Be(-1, "it is of the class in service");
        _apic.Accept(Fixed(0x61));
        Take(0x61);
        _apic.ProcessorPriority.Should().Be(0x60);
        _apic.EndOfInterrupt();
        _apic.PendingVector.Should().Be(-1);
        _apic.EndOfInterrupt();
        Take(0x5F);
        _apic.EndOfInterrupt();
        Take(0x41);
        _apic.EndOfInterrupt();
        Take(0x31);
        _apic.EndOfInterrupt();
        _apic.PendingVector.Should().Be(-1);
        _apic.ProcessorPriority.Should().Be(0);
    }

    [Fact]
    public void TheTaskPriorityHoldsBackItsClassAndLower()
    {
        _apic.TaskPriorityClass = 4;
        Read(_apic, LocalApicRegister.TaskPriority).Should().Be(0x40);
        _apic.Accept(Fixed(0x4F));
        _apic.PendingVector.Should().Be(-1);
        Write(_apic, LocalApicRegister.TaskPriority, 0x3F);
        Read(_apic, LocalApicRegister.ProcessorPriority).Should().Be(0x3F);
        _apic.PendingVector.Should().Be(0x4F);
    }

    [Fact]
    public void TheVcpuIsKickedExactlyWhenSomethingBecomesDeliverable()
    {
        var vcpu = _test.Machine.Vcpus[0];
        bool Kicked()
        {
            bool kicked = vcpu.NeedsAttention;
            if (kicked) vcpu.DeliverEvents();
            return kicked;
        }
        _apic.TaskPriorityClass = 8;
        Kicked().Should().BeFalse();
        _apic.Accept(Fixed(0x71));
        Kicked().Should().BeFalse("it is below the task priority");
        _apic.TaskPriorityClass = 9;
        Kicked().Should().BeFalse();
        _apic.TaskPriorityClass = 2;
        Kicked().Should().BeTrue();
        _apic.Accept(Fixed(0x71));
        Kicked().Should().BeFalse("it is pending already");
        _apic.Acknowledge();
        _apic.EndOfInterrupt();
        Kicked().Should().BeFalse("nothing waits");
    }

    [Fact]
    public void ALevelTriggeredInterruptsEndIsBroadcastAndAnEdgesIsNot()
    {
        var listener = new Listener();
        _test.Machine.Interrupts.EndOfInterruptListener = listener;
        _apic.Accept(Fixed(0x31, level: true));
        Read(_apic, LocalApicRegister.TriggerMode + 1).Should().Be(1 << 0x11);
        Take(0x31);
        Write(_apic, LocalApicRegister.EndOfInterrupt, 0);
        listener.Last.Should().Be(0x31);
        listener.Last = null;
        _apic.Accept(Fixed(0x31));
        Take(0x31);
        Write(_apic, LocalApicRegister.EndOfInterrupt, 0);
        listener.Last.Should().BeNull();
    }

    private sealed class Listener : EndOfInterruptListener
    {
        public byte? Last { get; set; }
        public override void EndOfInterrupt(byte vector) => Last = vector;
    }

    [Fact]
    public void DisabledBySoftwareItTakesNothingAndItsVectorsAreMasked()
    {
        Write(_apic, LocalApicRegister.ErrorVector, 0x40);
        Write(_apic, LocalApicRegister.SpuriousVector, 0xFF);
        _apic.Accept(Fixed(0x50));
        _apic.PendingVector.Should().Be(-1);
        Read(_apic, LocalApicRegister.ErrorVector).Should().Be(0x10040);
        Write(_apic, LocalApicRegister.ErrorVector, 0x40);
        Read(_apic, LocalApicRegister.ErrorVector).Should().Be(0x10040, "mask bits cannot be cleared meanwhile");
        _apic.AcceptsExternalInterrupts.Should().BeFalse();
        Write(_apic, LocalApicRegister.SpuriousVector, 0x1FF);
        _apic.PendingVector.Should().Be(-1, "it was dropped, not kept");
    }

    [Theory]
    [InlineData(0x01, false, 0b0010)] // physical
    [InlineData(0xFF, false, 0b1111)] // physical, everybody
    [InlineData(0x05, true, 0b0101)] // flat: bits
    [InlineData(0xFF, true, 0b1111)]
    [InlineData(0x10, true, 0b0000)]
    public void FlatDestinations(uint destination, bool logical, int expected)
    {
        for (int i = 0; i < 4; i++) Write(_test.Machine.Vcpus[i].Apic, LocalApicRegister.LogicalDestination, 1u << 24 + i);
        Addressed(destination, logical).Should().Be(expected);
    }

    [Theory]
    [InlineData(0x01, 0b0001)] // cluster 0, first
    [InlineData(0x03, 0b0011)]
    [InlineData(0x12, 0b1000)] // cluster 1, second
    [InlineData(0xF1, 0b0101)] // all clusters, first of each
    [InlineData(0x23, 0b0000)]
    public void ClusterDestinations(uint destination, int expected)
    {
        for (int i = 0; i < 4; i++)
        {
            Write(_test.Machine.Vcpus[i].Apic, LocalApicRegister.DestinationFormat, 0);
            Write(_test.Machine.Vcpus[i].Apic, LocalApicRegister.LogicalDestination, (uint)(i / 2 << 4 | 1 << i % 2) << 24);
        }
        Addressed(destination, logical: true).Should().Be(expected);
    }

    [Theory]
    [InlineData(0x0000_0006, true, 0b0110)]
    [InlineData(0x0001_0006, true, 0b0000)]
    [InlineData(0xFFFF_FFFF, true, 0b1111)]
    [InlineData(0xFFFF_FFFF, false, 0b1111)]
    [InlineData(0x0000_0003, false, 0b1000)]
    public void X2ApicDestinations(uint destination, bool logical, int expected)
    {
        foreach (var vcpu in _test.Machine.Vcpus) vcpu.Apic.TrySetBase((ApicBase)EnableX2Apic).Should().BeTrue();
        Addressed(destination, logical).Should().Be(expected);
    }

    private int Addressed(uint destination, bool logical)
    {
        int addressed = 0;
        foreach (var vcpu in _test.Machine.Vcpus)
            if (vcpu.Apic.IsAddressedBy(Fixed(0x40, destination, logical))) addressed |= 1 << vcpu.Index;
        return addressed;
    }

    [Theory]
    [InlineData(0x0000_0040u, 0b0100)] // no shorthand, to 2
    [InlineData(0x0004_0040u, 0b0010)] // self
    [InlineData(0x0008_0040u, 0b1111)] // all
    [InlineData(0x000C_0040u, 0b1101)] // others
    public void InterprocessorInterrupts(uint command, int expected)
    {
        var sender = _test.Machine.Vcpus[1].Apic;
        Write(sender, LocalApicRegister.InterruptCommandHigh, 2 << 24);
        Write(sender, LocalApicRegister.InterruptCommand, command);
        int taken = 0;
        foreach (var vcpu in _test.Machine.Vcpus)
            if (vcpu.Apic.PendingVector == 0x40) taken |= 1 << vcpu.Index;
        taken.Should().Be(expected);
        Read(sender, LocalApicRegister.InterruptCommand).Should().Be(command);
    }

    [Fact]
    public void InitAndStartupBringUpAProcessor()
    {
        var second = _test.Machine.Vcpus[1];
        Write(_apic, LocalApicRegister.InterruptCommandHigh, 1 << 24);
        Write(_apic, LocalApicRegister.InterruptCommand, 0xC500); // INIT, level, assert
        second.Activity.Should().Be(VcpuActivity.WaitingForStartup);
        second.IsRunnable.Should().BeFalse();
        Write(_apic, LocalApicRegister.InterruptCommand, 0x8500); // INIT, level, de-assert
        Write(_apic, LocalApicRegister.InterruptCommand, 0x0608);
        second.Activity.Should().Be(VcpuActivity.Running);
        second.State.GetSegment(SegmentName.Cs).Base.Should().Be(0x8000);
        second.State.GetSegment(SegmentName.Cs).Selector.Should().Be(0x800);
        second.State.Rip.Should().Be(0);
        second.State.Rip = 0x123;
        Write(_apic, LocalApicRegister.InterruptCommand, 0x0609);
        second.State.Rip.Should().Be(0x123, "a second start-up message is ignored");
    }

    [Fact]
    public void InitOfTheBootProcessorResetsTheMachine()
    {
        Write(_apic, LocalApicRegister.InterruptCommand, 0xC500);
        _test.Machine.StopRequest.Should().Be(VmStopReason.Reset);
    }

    [Fact]
    public void IllegalVectorsAreReported()
    {
        Write(_apic, LocalApicRegister.ErrorVector, 0x44);
        Write(_apic, LocalApicRegister.InterruptCommand, 0x4000F); // self, vector 15
        _apic.PendingVector.Should().Be(0x44);
        Read(_apic, LocalApicRegister.ErrorStatus).Should().Be(0, "it is shown after a write");
        Write(_apic, LocalApicRegister.ErrorStatus, 0);
        Read(_apic, LocalApicRegister.ErrorStatus).Should().Be((uint)ApicErrors.SendIllegalVector);
        Write(_apic, LocalApicRegister.ErrorStatus, 0);
        Read(_apic, LocalApicRegister.ErrorStatus).Should().Be(0);

        _apic.Accept(Fixed(3));
        Write(_apic, LocalApicRegister.ErrorStatus, 0);
        Read(_apic, LocalApicRegister.ErrorStatus).Should().Be((uint)ApicErrors.ReceiveIllegalVector);
    }

    [Fact]
    public void AnIllegalErrorVectorDoesNotGoRoundInCircles()
    {
        Write(_apic, LocalApicRegister.ErrorVector, 0x04);
        _apic.Accept(Fixed(3));
        Write(_apic, LocalApicRegister.ErrorStatus, 0);
        Read(_apic, LocalApicRegister.ErrorStatus).Should().Be((uint)ApicErrors.ReceiveIllegalVector);
    }

    [Fact]
    public void TheNmiPinGoesByLint1()
    {
        var state = _test.States[0];
        _apic.SignalNmiPin();
        state.Injected.Should().BeEmpty("LINT1 was masked when the APIC was reset and reads so since");
        Write(_apic, LocalApicRegister.Lint1Vector, 0x400);
        _apic.SignalNmiPin();
        _test.Machine.Vcpus[0].DeliverEvents();
        state.Injected.Should().ContainSingle().Which.Kind.Should().Be(EventKind.NonMaskableInterrupt);
    }

    [Theory]
    [InlineData(0x000UL, ApicBase.X2Apic, false)]
    [InlineData(0x000UL, ApicBase.X2Apic | ApicBase.Enabled, false)]
    [InlineData(0x000UL, ApicBase.Enabled, true)]
    [InlineData(0x800UL, ApicBase.X2Apic | ApicBase.Enabled, true)]
    [InlineData(0x800UL, (ApicBase)0, true)]
    [InlineData(0x800UL, ApicBase.X2Apic, false)]
    [InlineData(0xC00UL, ApicBase.Enabled, false)]
    [InlineData(0xC00UL, ApicBase.X2Apic, false)]
    [InlineData(0xC00UL, (ApicBase)0, true)]
    public void ModeTransitions(ulong from, ApicBase to, bool legal)
    {
        if (from == 0) _apic.TrySetBase(0);
        if (from == 0xC00) _apic.TrySetBase((ApicBase)EnableX2Apic);
        var before = _apic.Base;
        _apic.TrySetBase(to | (ApicBase)LocalApic.DefaultAddress).Should().Be(legal);
        if (!legal) _apic.Base.Should().Be(before);
        else _apic.IsMemoryMapped.Should().Be(to == ApicBase.Enabled);
    }

    [Theory]
    [InlineData(1UL << 52)]
    [InlineData(1UL << 9)]
    [InlineData(1UL)]
    public void ReservedBitsOfTheBaseAreRefused(ulong bit) => _apic.TrySetBase((ApicBase)(bit | LocalApic.DefaultAddress | 0x800)).Should().BeFalse();

    [Fact]
    public void X2ApicMsrsFollowTheManual()
    {
        _apic.TryReadMsr(0x802, out _).Should().BeFalse("it is in xAPIC mode");
        _apic.TrySetBase((ApicBase)EnableX2Apic).Should().BeTrue();
        foreach (uint absent in (uint[])[0x800, 0x80B, 0x80E, 0x831, 0x83F, 0x840, 0x8FF]) _apic.TryReadMsr(absent, out _).Should().BeFalse($"{absent:x}");
        foreach (uint readOnly in (uint[])[0x802, 0x803, 0x80A, 0x80D, 0x80E, 0x810, 0x820, 0x831, 0x839, 0x840]) _apic.TryWriteMsr(readOnly, 0).Should().BeFalse($"{readOnly:x}");
        _apic.TryWriteMsr(0x80B, 1).Should().BeFalse("EOI takes 0 alone");
        _apic.TryWriteMsr(0x828, 1).Should().BeFalse("so does ESR");
        _apic.TryWriteMsr(0x808, 0x100).Should().BeFalse("bit 8 of TPR is reserved");
        _apic.TryWriteMsr(0x830, 1UL << 20).Should().BeFalse("bit 20 of ICR is reserved");
        _apic.TryWriteMsr(0x835, 1UL << 18).Should().BeFalse("bit 18 of LINT0 is reserved");
        _apic.TryWriteMsr(0x835, 0x15700).Should().BeTrue("delivery status and remote IRR are read-only, not reserved: Linux writes them");
        _apic.TryReadMsr(0x835, out ulong lint0).Should().BeTrue();
        lint0.Should().Be(0x10700);

        _apic.TryWriteMsr(0x83F, 0x66).Should().BeTrue();
        Take(0x66);
        _apic.TryReadMsr(0x813, out ulong inService).Should().BeTrue();
        inService.Should().Be(1 << 6);
        _apic.TryWriteMsr(0x80B, 0).Should().BeTrue();
        _apic.TryReadMsr(0x813, out inService).Should().BeTrue();
        inService.Should().Be(0);

        _apic.TryWriteMsr(0x830, 2UL << 32 | 0x77).Should().BeTrue();
        _test.Machine.Vcpus[2].Apic.PendingVector.Should().Be(0x77);
        _apic.TryReadMsr(0x830, out ulong command).Should().BeTrue();
        command.Should().Be(2UL << 32 | 0x77);
    }

    [Fact]
    public void NoAccessOfThePageEverThrows()
    {
        var random = new Random(1);
        for (int i = 0; i < 100_000; i++)
        {
            ulong offset = (ulong)random.Next(0x1000);
            _apic.WriteMemory(offset, 1 << random.Next(4), (ulong)random.NextInt64());
            _apic.ReadMemory(offset, 4);
        }
    }
}
