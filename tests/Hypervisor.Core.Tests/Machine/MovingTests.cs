using System.Collections.Generic;
using Lamina.Testing;

namespace Lamina.Core.Tests;

/// <summary>A VM goes from one CPU to another as it is.</summary>
public sealed class MovingTests
{
    private readonly FakeCpu _from = new(0), _to = new(1);

    [Fact]
    public void What_was_due_on_one_CPU_is_due_on_the_other_when_it_was()
    {
        using var test = new TestMachine(cpu: _from);
        var machine = test.Machine;
        _from.Tsc = _to.Tsc = 1000;
        machine.StartClock();
        var expired = new List<(string, ulong)>();
        Note late = new("late", expired), soon = new("soon", expired), others = new("other", expired), none = new("none", expired);
        machine.Clock.Arm(late, 500);
        machine.Clock.Arm(soon, 100);
        machine.Clock.Arm(none, 50);
        machine.Clock.Withdraw(none);
        _from.Arm(others, 1200);

        var chain = _from.Deadlines.WithdrawAll(machine);
        _from.Deadlines.Count.Should().Be(1);
        soon.IsArmed.Should().BeFalse();
        _from.Tsc = _to.Tsc = 1300;
        machine.MoveTo(_to);
        _to.ArmAll(chain);
        _to.Deadlines.Count.Should().Be(2);
        _to.Deadlines.Earliest.Should().Be(1100, "it is late by now, and is called at once");
        _to.RunTo(1600);
        expired.Should().Equal(("soon", 1300UL), ("late", 1500UL));
        machine.Clock.Now.Should().Be(600);
        machine.Clock.Arm(late, 700);
        _to.Deadlines.Count.Should().Be(1, "its clock is on the other CPU now");
        _from.Deadlines.WithdrawAll(machine).Should().BeNull();
    }

    [Fact]
    public void A_reason_to_stop_counts_more_than_that_it_is_called_back()
    {
        using var test = new TestMachine();
        var machine = test.Machine;
        machine.CanGoOn.Should().BeTrue();
        machine.CallBack();
        machine.StopRequest.Should().Be(VmStopReason.CalledBack);
        machine.CanGoOn.Should().BeTrue();
        machine.RequestStop(VmStopReason.PowerOff, machine.Vcpus[0]);
        machine.CallBack();
        machine.RequestStop(VmStopReason.Reset);
        machine.StopRequest.Should().Be(VmStopReason.PowerOff);
        machine.StoppedBy.Should().BeSameAs(machine.Vcpus[0]);
        machine.CanGoOn.Should().BeFalse();
    }

    /// <summary>The vCPU that is away goes on a little longer than the one with the devices, or comes home before it.</summary>
    [Fact]
    public void What_the_devices_CPU_was_told_while_they_were_nowhere_is_done_when_they_come_home()
    {
        using var test = new TestMachine(vcpus: 2, homes: [_from, _to]);
        var machine = test.Machine;
        foreach (var vcpu in machine.Vcpus) vcpu.Reset();
        var schedulers = test.ComeHome();
        machine.Vcpus[1].Activity = VcpuActivity.Running;
        schedulers[_from].Remove(machine.Vcpus[0]);
        ulong value = 0;
        machine.Vcpus[1].Requests.TryAccess(DeviceAccessKind.ReadPort, 0x80, 1, ref value).Should().BeFalse();
        machine.Vcpus[1].Activity.Should().Be(VcpuActivity.WaitingForDevice);
        _from.ServeInterrupts();
        machine.HasWork.Should().BeFalse("nothing of it is there");

        schedulers[_from].TryAdd(machine.Vcpus[0]);
        machine.LookAgain();
        machine.HasWork.Should().BeTrue();
        machine.DoWork();
        machine.Vcpus[1].Requests.AreDone.Should().BeTrue();
        _to.ServeInterrupts();
        machine.Vcpus[1].IsRunnable.Should().BeTrue();
    }

    private sealed class Note(string name, List<(string, ulong)> expired) : Deadline
    {
        public override void Expire(ulong now) => expired.Add((name, now));
    }
}
