using System;
using Lamina.Testing;

namespace Lamina.Core.Tests.Interrupts;

public sealed class LocalApicTimerTests : IDisposable
{
    private const ulong Start = 1000;
    private const byte Vector = 0x40;
    private readonly TestMachine _test = new();
    private readonly LocalApic _apic;

    public LocalApicTimerTests()
    {
        _apic = _test.Machine.Vcpus[0].Apic;
        _test.Machine.Vcpus[0].Reset();
        _test.Cpu.Tsc = Start;
        _apic.TrySetBase(ApicBase.Enabled | ApicBase.X2Apic | (ApicBase)LocalApic.DefaultAddress);
        Write(LocalApicRegister.SpuriousVector, 0x1FF);
        Write(LocalApicRegister.TimerVector, Vector);
        Write(LocalApicRegister.TimerDivide, 0b1011); // by 1
    }

    public void Dispose() => _test.Dispose();

    private void Write(LocalApicRegister register, uint value) => _apic.TryWriteMsr(LocalApic.FirstMsr + (uint)register, value).Should().BeTrue();

    private uint Count
    {
        get
        {
            _apic.TryReadMsr(LocalApic.FirstMsr + (uint)LocalApicRegister.TimerCurrentCount, out ulong count).Should().BeTrue();
            return (uint)count;
        }
    }

    private bool TakeTick()
    {
        if (_apic.PendingVector < 0) return false;
        _apic.PendingVector.Should().Be(Vector);
        _apic.Acknowledge();
        _apic.EndOfInterrupt();
        return true;
    }

    [Theory]
    [InlineData(0b0000u, 2)]
    [InlineData(0b0001u, 4)]
    [InlineData(0b0010u, 8)]
    [InlineData(0b0011u, 16)]
    [InlineData(0b1000u, 32)]
    [InlineData(0b1001u, 64)]
    [InlineData(0b1010u, 128)]
    [InlineData(0b1011u, 1)]
    public void ItEndsAfterTheInitialCountAtItsRate(uint divide, ulong divisor)
    {
        Write(LocalApicRegister.TimerDivide, divide);
        Write(LocalApicRegister.TimerInitialCount, 1000);
        ulong length = 1000 * divisor * LocalApicTimer.TscTicksPerBusClock;
        Count.Should().Be(1000);
        _test.Cpu.Run(length / 4);
        Count.Should().Be(750);
        _test.Cpu.Run(length * 3 / 4 - 1);
        Count.Should().Be(1);
        TakeTick().Should().BeFalse();
        _test.Cpu.Run(1);
        Count.Should().Be(0);
        TakeTick().Should().BeTrue();
        _test.Cpu.Run(length * 2);
        TakeTick().Should().BeFalse("one shot is one");
    }

    [Fact]
    public void PeriodsStayOnTheGridOfTheFirst()
    {
        const ulong period = 50_000 * LocalApicTimer.TscTicksPerBusClock;
        Write(LocalApicRegister.TimerVector, Vector | (uint)LocalVector.Periodic);
        Write(LocalApicRegister.TimerInitialCount, 50_000);
        for (ulong i = 1; i <= 10; i++)
        {
            _test.Cpu.RunTo(Start + i * period - 1);
            TakeTick().Should().BeFalse();
            // Each expiry is seen late, by more each time.
            _test.Cpu.Tsc = Start + i * period + i * 1000;
            _test.Cpu.ExpireDeadlines();
            TakeTick().Should().BeTrue();
        }
    }

    [Fact]
    public void MissedPeriodsMergeIntoOne()
    {
        const ulong period = 500_000 * LocalApicTimer.TscTicksPerBusClock;
        Write(LocalApicRegister.TimerVector, Vector | (uint)LocalVector.Periodic);
        Write(LocalApicRegister.TimerInitialCount, 500_000);
        _test.Cpu.Tsc = Start + 5 * period + period / 2;
        _test.Cpu.ExpireDeadlines();
        TakeTick().Should().BeTrue();
        Count.Should().Be(250_000);
        _test.Cpu.RunTo(Start + 6 * period - 1);
        TakeTick().Should().BeFalse();
        _test.Cpu.Run(1);
        TakeTick().Should().BeTrue();
    }

    [Fact]
    public void ATinyPeriodCannotHoldTheCpu()
    {
        Write(LocalApicRegister.TimerVector, Vector | (uint)LocalVector.Periodic);
        Write(LocalApicRegister.TimerInitialCount, 1);
        int before = _test.Cpu.Timer.ArmCount;
        _test.Cpu.Run(100 * (_test.Machine.Clock.Frequency / LocalApicTimer.MostExpiriesPerSecond));
        (_test.Cpu.Timer.ArmCount - before).Should().BeInRange(50, 102);
        TakeTick().Should().BeTrue();
    }

    [Fact]
    public void AMaskedTimerCountsButInterruptsNobody()
    {
        Write(LocalApicRegister.TimerVector, Vector | (uint)LocalVector.Masked);
        Write(LocalApicRegister.TimerInitialCount, 100);
        _test.Cpu.Run(200);
        Count.Should().Be(50);
        _test.Cpu.Run(1000);
        TakeTick().Should().BeFalse();
    }

    [Fact]
    public void WritingZeroStopsIt()
    {
        Write(LocalApicRegister.TimerInitialCount, 100);
        Write(LocalApicRegister.TimerInitialCount, 0);
        _test.Cpu.Run(10_000);
        TakeTick().Should().BeFalse();
    }

    [Fact]
    public void TheTscDeadlineIsInTheVcpusOwnTsc()
    {
        _test.States[0].TscOffset = unchecked(0 - Start);
        Write(LocalApicRegister.TimerVector, Vector | (uint)LocalVector.TscDeadline);
        _apic.Timer.TscDeadline = 5000;
        _apic.Timer.TscDeadline.Should().Be(5000);
        _test.Cpu.RunTo(Start + 4999);
        TakeTick().Should().BeFalse();
        _test.Cpu.RunTo(Start + 5000);
        TakeTick().Should().BeTrue();
        _apic.Timer.TscDeadline.Should().Be(0);
    }

    [Fact]
    public void APastDeadlineIsDueAtOnceAndTheFarthestNever()
    {
        Write(LocalApicRegister.TimerVector, Vector | (uint)LocalVector.TscDeadline);
        _apic.Timer.TscDeadline = 1;
        TakeTick().Should().BeTrue();
        _test.States[0].TscOffset = unchecked(0 - Start);
        _apic.Timer.TscDeadline = ulong.MaxValue;
        _test.Cpu.Run(1_000_000);
        TakeTick().Should().BeFalse();
        _apic.Timer.TscDeadline = 0;
        _test.Cpu.Deadlines.Count.Should().Be(0);
    }

    [Fact]
    public void AChangeOfModeDisarms()
    {
        Write(LocalApicRegister.TimerInitialCount, 100);
        Write(LocalApicRegister.TimerVector, Vector | (uint)LocalVector.TscDeadline);
        _test.Cpu.Deadlines.Count.Should().Be(0);
        Write(LocalApicRegister.TimerInitialCount, 100);
        _test.Cpu.Deadlines.Count.Should().Be(0, "the count is ignored in this mode");
        _apic.Timer.TscDeadline = 1_000_000;
        Write(LocalApicRegister.TimerVector, Vector);
        _test.Cpu.Deadlines.Count.Should().Be(0);
        _apic.Timer.TscDeadline = 1_000_000;
        _apic.Timer.TscDeadline.Should().Be(0, "it is ignored in the other modes");
    }
}
