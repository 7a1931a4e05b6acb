using System;
using Lamina.Testing;

namespace Lamina.Devices.Tests.Net;

/// <summary>A wire whose ends are on two CPUs, and a supervisor on a third; all in one thread.</summary>
public sealed class WireTerminalTests : IDisposable
{
    private readonly FakeCpu _supervisor = new(), _firstHome = new(), _secondHome = new();
    private readonly Wire _wire = new("test", default, default, 1_000_000_000);
    private readonly NetGuest _one, _other;

    public WireTerminalTests()
    {
        _wire.First.Place(_firstHome, _supervisor);
        _wire.Second.Place(_secondHome, _supervisor);
        _one = new NetGuest(_wire.First, cpu: _firstHome);
        _other = new NetGuest(_wire.Second, cpu: _secondHome);
    }

    public void Dispose()
    {
        _one.Dispose();
        _other.Dispose();
    }

    private void GoLive()
    {
        _wire.First.GoLive();
        _one.Start();
        _wire.Second.GoLive();
        _other.Start();
        Settle();
    }

    private void Settle()
    {
        for (int i = 0; i < 10; i++)
        {
            _firstHome.ServeInterrupts();
            _secondHome.ServeInterrupts();
            NetGuest.Settle(_one, _other);
        }
    }

    [Fact]
    public void A_wake_goes_by_mail_and_is_posted_at_home()
    {
        GoLive();
        _other.OfferAll(2000);
        int interrupts = _secondHome.InterruptsSent;
        _one.Send(TestFrames.Plain(100, 1));
        _secondHome.InterruptsSent.Should().Be(interrupts + 1);
        _other.Test.Machine.HasWork.Should().BeFalse("the other CPU alone touches what is its own");
        _secondHome.ServeInterrupts();
        _other.Test.Machine.HasWork.Should().BeTrue();
        _other.Work();
        _other.Receive().Should().ContainSingle();
    }

    [Fact]
    public void A_quiet_end_is_not_posted_to_and_looks_once_when_it_goes_live()
    {
        _wire.Second.GoLive();
        _other.Start();
        _firstHome.ServeInterrupts();
        _one.Test.Machine.HasAnyWork.Should().BeFalse("it is being built by another CPU");
        _one.HasLink.Should().BeFalse();
        _wire.First.GoLive();
        _one.Work().Should().BeTrue();
        _one.HasLink.Should().BeTrue("what came before is not missed");
    }

    [Fact]
    public void A_mail_on_its_way_when_its_end_goes_quiet_is_dropped()
    {
        GoLive();
        _one.Send(TestFrames.Plain(100, 1));
        _wire.Second.GoQuiet();
        _wire.Second.GoQuiet();
        _secondHome.ServeInterrupts();
        _other.Test.Machine.HasAnyWork.Should().BeFalse();
        _wire.Second.Detach();
        _firstHome.ServeInterrupts();
        _one.Work();
        _one.HasLink.Should().BeFalse();
        _wire.First.Sent.DroppedAtReceiver.Should().Be(1);
        // And one that was on its way to a VM which is gone does the next one no harm.
        using var next = new NetGuest(_wire.Second, cpu: _secondHome);
        _secondHome.ServeInterrupts();
        next.Test.Machine.HasAnyWork.Should().BeFalse();
        _wire.Second.GoLive();
        next.Work().Should().BeTrue();
    }

    [Fact]
    public void The_supervisor_powers_a_quiet_VM_on_and_wakes_the_other_end_by_mail()
    {
        GoLive();
        _wire.First.GoQuiet();
        int supervisors = _supervisor.InterruptsSent, first = _firstHome.InterruptsSent;
        _one.Device.ResetAll();
        _other.Test.Machine.HasAnyWork.Should().BeFalse();
        _secondHome.ServeInterrupts();
        _other.Work().Should().BeTrue();
        _other.HasLink.Should().BeFalse();
        _supervisor.InterruptsSent.Should().Be(supervisors, "a CPU sends nothing to itself");
        _firstHome.InterruptsSent.Should().Be(first);
    }

    [Fact]
    public void Ends_on_one_CPU_need_no_mail()
    {
        var wire = new Wire("near", default, default, 1_000_000_000);
        wire.First.Place(_supervisor, _supervisor);
        wire.Second.Place(_supervisor, _supervisor);
        using var one = new NetGuest(wire.First, cpu: _supervisor);
        using var other = new NetGuest(wire.Second, cpu: _supervisor);
        wire.First.GoLive();
        wire.Second.GoLive();
        one.Start();
        other.Start().OfferAll(2000);
        one.Send(TestFrames.Plain(100, 1));
        NetGuest.Settle(one, other);
        other.Receive().Should().ContainSingle();
        wire.First.GoQuiet();
        wire.Reset();
        wire.First.Detach();
        NetGuest.Settle(one, other);
        other.HasLink.Should().BeFalse();
        _supervisor.InterruptsSent.Should().Be(0);
    }

    [Fact]
    public void An_end_on_the_supervisors_CPU_is_posted_to_by_it_directly_and_one_elsewhere_is_not_though_both_sides_share_it()
    {
        // First and second are both at home on a CPU that is not the supervisor's: what the supervisor does for the first while it is quiet goes to the second by mail.
        var wire = new Wire("far", default, default, 1_000_000_000);
        wire.First.Place(_firstHome, _supervisor);
        wire.Second.Place(_firstHome, _supervisor);
        using var one = new NetGuest(wire.First, cpu: _firstHome);
        using var other = new NetGuest(wire.Second, cpu: _firstHome);
        wire.First.GoLive();
        wire.Second.GoLive();
        one.Start();
        other.Start();
        NetGuest.Settle(one, other);
        _firstHome.InterruptsSent.Should().Be(0);
        wire.First.GoQuiet();
        wire.First.Detach();
        other.Test.Machine.HasAnyWork.Should().BeFalse();
        _firstHome.InterruptsSent.Should().Be(1);
        _firstHome.ServeInterrupts();
        other.Work().Should().BeTrue();
        other.HasLink.Should().BeFalse();
    }

    [Fact]
    public void A_reset_after_a_fault_leaves_the_other_end_at_work_and_nothing_old_arrives()
    {
        GoLive();
        for (int i = 0; i < 5; i++)
        {
            _one.Send(TestFrames.Plain(1000, i));
            _other.Send(TestFrames.Plain(1000, i));
        }
        _wire.First.GoQuiet();
        _wire.Reset();
        _other.Send(TestFrames.Plain(100, 50)).Should().BeTrue("it runs meanwhile");
        _wire.Second.Sent.DroppedAtSender.Should().Be(1, "the link is down");
        _wire.First.Detach();
        _secondHome.ServeInterrupts();
        while (_other.Work()) { }
        _other.HasLink.Should().BeFalse();

        using var next = new NetGuest(_wire.First, cpu: _firstHome);
        _wire.First.GoLive();
        next.Start().OfferAll(2000);
        _other.OfferAll(2000);
        next.Send(TestFrames.Plain(600, 6));
        for (int i = 0; i < 10; i++)
        {
            _firstHome.ServeInterrupts();
            _secondHome.ServeInterrupts();
            NetGuest.Settle(next, _other);
        }
        _other.HasLink.Should().BeTrue();
        _other.Receive().Should().ContainSingle().Which.Frame.Should().Equal(TestFrames.Plain(600, 6));
        next.Receive().Should().BeEmpty();
        _wire.First.Sent.DroppedAtReceiver.Should().Be(5);
        _wire.Second.Sent.DroppedAtReceiver.Should().Be(5);
    }

    [Fact]
    public void A_wake_by_mail_allocates_nothing()
    {
        GoLive();
        _other.OfferAll(2000);
        _one.Send(TestFrames.Plain(100, 1));
        for (int round = 0; round < 2; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            _wire.First.WakePeer();
            _secondHome.ServeInterrupts();
            _other.Test.Machine.DoWork();
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (round > 0) allocated.Should().Be(0);
        }
    }
}
