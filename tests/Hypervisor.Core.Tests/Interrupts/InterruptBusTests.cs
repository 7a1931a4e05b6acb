using System;
using System.Collections.Generic;
using System.Linq;
using Lamina.Testing;

namespace Lamina.Core.Tests.Interrupts;

/// <summary>vCPUs 0 and 1 live where the devices are, 2 and 3 on another CPU, 4 on a third.</summary>
public sealed class InterruptBusTests : IDisposable
{
    private const byte Vector = 0x41;
    private const ulong EnableX2Apic = (ulong)(ApicBase.Enabled | ApicBase.X2Apic) | LocalApic.DefaultAddress;

    private readonly FakeCpu[] _cpus = [new(0), new(1), new(2)];
    private readonly TestMachine _test;
    private readonly Ends _ends = new();

    public InterruptBusTests()
    {
        _test = new TestMachine(vcpus: 5, homes: [_cpus[0], _cpus[0], _cpus[1], _cpus[1], _cpus[2]]);
        foreach (var vcpu in Vcpus)
        {
            vcpu.Reset();
            vcpu.Activity = VcpuActivity.Running;
            Write(vcpu, LocalApicRegister.SpuriousVector, 0x1FF);
            // The flat model: a bit each.
            Write(vcpu, LocalApicRegister.LogicalDestination, 1u << (24 + vcpu.Index));
        }
        _test.Machine.Interrupts.EndOfInterruptListener = _ends;
        _test.ComeHome();
    }

    private VirtualCpu[] Vcpus => _test.Machine.Vcpus;
    private InterruptBus Bus => _test.Machine.Interrupts;

    public void Dispose() => _test.Dispose();

    private static void Write(VirtualCpu vcpu, LocalApicRegister register, uint value) => vcpu.Apic.WriteMemory((ulong)register << 4, 4, value);

    private static InterruptMessage Fixed(uint destination, bool logical = false, byte vector = Vector, bool level = false) =>
        new(vector, DeliveryMode.Fixed, destination, logical, level);

    // Who has it at once, and who has it when his CPU has been interrupted.
    private void Expect(int[] atOnce, int[] byMail)
    {
        Pending().Should().Equal(atOnce);
        foreach (var cpu in _cpus) cpu.ServeInterrupts();
        Pending().Should().BeEquivalentTo(atOnce.Concat(byMail));
        foreach (var vcpu in Vcpus)
        {
            if (vcpu.Apic.PendingVector < 0) continue;
            vcpu.Apic.Acknowledge();
            vcpu.Apic.EndOfInterrupt();
        }
    }

    private IEnumerable<int> Pending() => Vcpus.Where(vcpu => vcpu.Apic.PendingVector == Vector).Select(vcpu => vcpu.Index);

    [Theory]
    [InlineData(0, new[] { 0 }, new int[0])]
    [InlineData(1, new[] { 1 }, new int[0])]
    [InlineData(2, new int[0], new[] { 2 })]
    [InlineData(4, new int[0], new[] { 4 })]
    [InlineData(0xFF, new[] { 0, 1 }, new[] { 2, 3, 4 })]
    public void A_devices_message_goes_to_whom_it_names(uint destination, int[] atOnce, int[] byMail)
    {
        Bus.Send(Fixed(destination)).Should().BeTrue();
        Expect(atOnce, byMail);
        _cpus[0].InterruptsSent.Should().Be(0);
    }

    [Fact]
    public void Nobody_takes_what_is_for_nobody()
    {
        Bus.Send(Fixed(5)).Should().BeFalse();
        Expect([], []);
    }

    [Theory]
    [InlineData(0b00001, new[] { 0 }, new int[0])]
    [InlineData(0b01110, new[] { 1 }, new[] { 2, 3 })]
    [InlineData(0b11111, new[] { 0, 1 }, new[] { 2, 3, 4 })]
    public void Logical_destinations_are_told_apart_wherever_they_live(uint destination, int[] atOnce, int[] byMail)
    {
        Bus.Send(Fixed(destination, logical: true)).Should().BeTrue();
        Expect(atOnce, byMail);
    }

    [Fact]
    public void The_lowest_priority_is_looked_for_on_all_CPUs()
    {
        for (uint i = 0; i < 5; i++) Write(Vcpus[i], LocalApicRegister.TaskPriority, i == 3 ? 0x10u : 0x20u + i);
        var message = new InterruptMessage(Vector, DeliveryMode.LowestPriority, 0b11111, logical: true, levelTriggered: false);
        Bus.Send(message).Should().BeTrue();
        Expect([], [3]);
        Write(Vcpus[1], LocalApicRegister.TaskPriority, 0);
        Bus.Send(message).Should().BeTrue();
        Expect([1], []);
    }

    [Fact]
    public void The_I_O_APIC_is_told_whether_anybody_takes_it()
    {
        Write(Vcpus[2], LocalApicRegister.SpuriousVector, 0xFF);
        Bus.Send(Fixed(2, level: true)).Should().BeFalse("it is disabled by software");
        Bus.Send(Fixed(0b00100, logical: true)).Should().BeFalse();
        Bus.Send(Fixed(0b01100, logical: true)).Should().BeTrue();
        Bus.Send(new InterruptMessage(0, DeliveryMode.Nmi, 2, false, false)).Should().BeTrue("an NMI does not ask for that");
        Expect([], [3]);
        Vcpus[4].Apic.TrySetBase(0);
        Bus.Send(Fixed(4)).Should().BeFalse();
        Bus.Send(new InterruptMessage(0, DeliveryMode.Nmi, 4, false, false)).Should().BeFalse();
    }

    [Theory]
    [InlineData((byte)0)]
    [InlineData((byte)15)]
    public void An_illegal_vector_is_not_taken_wherever_it_goes(byte vector)
    {
        // The line stays active: were it taken there, it would end at once, and be sent again, for ever.
        Bus.Send(Fixed(0, vector: vector, level: true)).Should().BeFalse();
        Bus.Send(Fixed(2, vector: vector, level: true)).Should().BeFalse();
    }

    [Theory]
    [InlineData(DeliveryMode.External)]
    [InlineData(DeliveryMode.Smi)]
    public void Modes_that_are_not_modelled_are_taken_by_nobody(DeliveryMode mode)
    {
        Bus.Send(new InterruptMessage(Vector, mode, 0, false, false)).Should().BeFalse();
        Bus.Send(new InterruptMessage(Vector, mode, 2, false, false)).Should().BeFalse();
    }

    /// <summary>The ICR's shorthands, and what a vCPU on another CPU than the devices' sends: for it, others are near.</summary>
    [Theory]
    [InlineData(InterruptShorthand.None, 3u, new[] { 3 }, new int[0])]
    [InlineData(InterruptShorthand.None, 1u, new int[0], new[] { 1 })]
    [InlineData(InterruptShorthand.Self, 0u, new[] { 2 }, new int[0])]
    [InlineData(InterruptShorthand.All, 0u, new[] { 2, 3 }, new[] { 0, 1, 4 })]
    [InlineData(InterruptShorthand.Others, 0u, new[] { 3 }, new[] { 0, 1, 4 })]
    public void A_vCPUs_own_messages_go_by_mail_to_those_elsewhere(InterruptShorthand shorthand, uint destination, int[] atOnce, int[] byMail)
    {
        Write(Vcpus[2], LocalApicRegister.InterruptCommandHigh, destination << 24);
        Write(Vcpus[2], LocalApicRegister.InterruptCommand, (uint)shorthand << 18 | Vector);
        Expect(atOnce, byMail);
    }

    [Fact]
    public void In_x2APIC_mode_a_cluster_is_on_several_CPUs()
    {
        foreach (var vcpu in Vcpus) vcpu.Apic.TrySetBase((ApicBase)EnableX2Apic | (vcpu.Index == 0 ? ApicBase.BootProcessor : 0)).Should().BeTrue();
        Bus.Send(Fixed(0b10110, logical: true)).Should().BeTrue();
        Expect([1], [2, 4]);
    }

    [Fact]
    public void The_end_of_a_level_interrupt_is_heard_of_wherever_it_was_served()
    {
        Bus.Send(Fixed(1, level: true));
        Bus.Send(Fixed(3, level: true));
        Expect([1], [3]);
        _ends.Heard.Should().Be(1, "one was served where the devices are");
        _cpus[0].ServeInterrupts();
        while (_test.Machine.HasWork) _test.Machine.DoWork();
        _ends.Heard.Should().Be(2);
    }

    private sealed class Ends : EndOfInterruptListener
    {
        public int Heard { get; private set; }

        public override void EndOfInterrupt(byte vector) => Heard++;
    }
}
