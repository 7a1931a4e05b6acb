using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FsCheck;
using FsCheck.Fluent;
using Lamina.Testing;

namespace Lamina.Core.Tests.Msrs;

public sealed class ParavirtualClockTests : IDisposable
{
    private const ulong Gpa = 0x2000;
    private readonly TestMachine _test = new(frequency: 3_000_000_000);
    private readonly VirtualCpu _vcpu;

    public ParavirtualClockTests()
    {
        _vcpu = _test.Machine.Vcpus[0];
        _vcpu.Reset();
        _test.Cpu.Tsc = 777;
        _test.Machine.Clock.Offset = unchecked(0UL - 777);
        _vcpu.State.TscOffset = unchecked(0UL - 777);
    }

    public void Dispose() => _test.Dispose();

    private ParavirtualClock.TimeInfo Info => MemoryMarshal.Read<ParavirtualClock.TimeInfo>(_test.Memory[(int)Gpa..]);

    /// <summary>What a guest makes of it.</summary>
    private static ulong Nanoseconds(ParavirtualClock.TimeInfo info, ulong tsc)
    {
        UInt128 delta = tsc - info.TscTimestamp;
        delta = info.TscShift < 0 ? delta >> -info.TscShift : delta << info.TscShift;
        return info.SystemTime + (ulong)(delta * info.TscToSystemMultiplier >> 32);
    }

    [Fact]
    public void TheStructuresAreThePublicOnes()
    {
        Unsafe.SizeOf<ParavirtualClock.TimeInfo>().Should().Be(32);
        Marshal.OffsetOf<ParavirtualClock.TimeInfo>("TscTimestamp").Should().Be(8);
        Marshal.OffsetOf<ParavirtualClock.TimeInfo>("SystemTime").Should().Be(16);
        Marshal.OffsetOf<ParavirtualClock.TimeInfo>("TscToSystemMultiplier").Should().Be(24);
        Marshal.OffsetOf<ParavirtualClock.TimeInfo>("TscShift").Should().Be(28);
        Marshal.OffsetOf<ParavirtualClock.TimeInfo>("Flags").Should().Be(29);
        Unsafe.SizeOf<ParavirtualClock.WallClock>().Should().Be(12);
    }

    [Fact]
    public void AGuestReadsTheVmsTime()
    {
        GuestMsrs.TryWrite(_vcpu, (uint)Msr.KvmSystemTime, Gpa | 1).Should().BeTrue();
        Info.Version.Should().Be(2, "it is complete");
        Info.Flags.Should().Be(1);
        Nanoseconds(Info, 3_000_000_000UL * 3600).Should().BeInRange(3_599_999_999_000, 3_600_000_000_000);
    }

    [Fact]
    public void TimeDoesNotJumpWithTheTsc()
    {
        GuestMsrs.TryWrite(_vcpu, (uint)Msr.KvmSystemTimeOld, Gpa | 1).Should().BeTrue();
        _test.Cpu.Tsc += 6_000_000;
        GuestMsrs.TryWrite(_vcpu, (uint)Msr.Tsc, 1_000_000_000_000).Should().BeTrue();
        Info.Version.Should().Be(4);
        Nanoseconds(Info, 1_000_000_000_000).Should().BeInRange(1_999_999, 2_000_000);
    }

    [Theory]
    [InlineData(Gpa | 3)] // reserved bit
    [InlineData(0x10_0000 | 1)] // no RAM
    [InlineData(0xF_FFF0 | 1)] // over its end
    [InlineData(ulong.MaxValue - 2)]
    public void WhereItCannotBeThereIsAFault(ulong value) => GuestMsrs.TryWrite(_vcpu, (uint)Msr.KvmSystemTime, value).Should().BeFalse();

    [Fact]
    public void TheScaleIsExact() => Prop.ForAll(Gen.Choose(1_000_000, int.MaxValue).Select(n => (ulong)n * 8).ToArbitrary(), frequency =>
    {
        uint multiplier = ParavirtualClock.Scale(frequency, out sbyte shift);
        (multiplier >> 31).Should().Be(1);
        // multiplier × 2^(shift - 32) ≤ 10^9 / frequency < (multiplier + 1) × 2^(shift - 32), in whole numbers.
        UInt128 left = (UInt128)multiplier * frequency, right = (UInt128)1_000_000_000 << 32 - shift;
        left.Should().BeLessThanOrEqualTo(right);
        (left + frequency).Should().BeGreaterThan(right);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void TheWallClockIsThatOfTheStart()
    {
        var clock = _test.Machine.Clock;
        clock.Offset = 0;
        _test.Cpu.Tsc = 3_000_000_000;
        clock.SetWallClock(1_700_000_000);
        _test.Cpu.Tsc += 4_500_000_000;
        clock.Restart();
        clock.Now.Should().Be(0);
        _test.Cpu.Tsc += 9_000_000_000;
        GuestMsrs.TryWrite(_vcpu, (uint)Msr.KvmWallClock, Gpa).Should().BeTrue();
        var wall = MemoryMarshal.Read<ParavirtualClock.WallClock>(_test.Memory[(int)Gpa..]);
        (wall.Version & 1).Should().Be(0);
        (wall.Seconds, wall.Nanoseconds).Should().Be((1_700_000_001, 500_000_000));
        GuestMsrs.TryWrite(_vcpu, (uint)Msr.KvmWallClock, 0x10_0000).Should().BeFalse();
    }

    [Fact]
    public void StolenTimeIsTold()
    {
        GuestMsrs.TryWrite(_vcpu, (uint)Msr.KvmStealTime, 0x3000 | 1).Should().BeTrue();
        GuestMsrs.TryRead(_vcpu, (uint)Msr.KvmStealTime, out ulong address).Should().BeTrue();
        address.Should().Be(0x3001);
        _vcpu.Share.StolenTicks = 3_000_000;
        _vcpu.Msrs.StealTime.Refresh();
        BitConverter.ToUInt64(_test.Memory[0x3000..]).Should().Be(1_000_000);
        uint version = BitConverter.ToUInt32(_test.Memory[0x3008..]);
        (version & 1).Should().Be(0);
        _vcpu.Msrs.StealTime.Refresh();
        BitConverter.ToUInt32(_test.Memory[0x3008..]).Should().Be(version, "nothing has changed");
        GuestMsrs.TryWrite(_vcpu, (uint)Msr.KvmStealTime, 0x3020 | 1).Should().BeFalse("it is not aligned to 64 bytes");
        GuestMsrs.TryWrite(_vcpu, (uint)Msr.KvmStealTime, 0).Should().BeTrue();
        _vcpu.Share.StolenTicks = 6_000_000;
        _vcpu.Msrs.StealTime.Refresh();
        BitConverter.ToUInt64(_test.Memory[0x3000..]).Should().Be(1_000_000);
    }
}
