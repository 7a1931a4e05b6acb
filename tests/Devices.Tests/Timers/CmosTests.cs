using System;
using FsCheck;
using FsCheck.Fluent;
using Lamina.Core;
using Lamina.Testing;

namespace Lamina.Devices.Tests.Timers;

public sealed class CmosTests : IDisposable
{
    private const ulong Second = 1_000_000_000;
    private static readonly DateTimeOffset Start = new(2024, 2, 28, 23, 59, 58, TimeSpan.Zero);

    private readonly FakeCpu _cpu = new();
    private readonly GuestClock _clock;
    private readonly RecordingLines _lines = new();
    private readonly TestMemory _memory = new(4 << 20);
    private readonly Cmos _cmos;



    public CmosTests()
    {
        _clock = new GuestClock(_cpu, Second);
        _cmos = new Cmos(_clock, _lines[8], Start.ToUnixTimeSeconds(), _memory.Guest);
    }

    public void Dispose() => _memory.Dispose();

    private byte this[int register]
    {
        get
        {
            _cmos.WritePort(0x70, 1, (uint)register);
            return (byte)_cmos.ReadPort(0x71, 1);
        }
        set
        {
            _cmos.WritePort(0x70, 1, (uint)register);
            _cmos.WritePort(0x71, 1, value);
        }
    }

    private string Time => $"{this[0x32]:X2}{this[9]:X2}-{this[8]:X2}-{this[7]:X2} {this[4]:X2}:{this[2]:X2}:{this[0]:X2} {this[6]:X}";

    private bool Irq => _lines.IsHigh(8);

    [Fact]
    public void It_says_the_hosts_time_in_BCD_and_counts_on()
    {
        Time.Should().Be("2024-02-28 23:59:58 4");
        _cpu.Run(2 * Second - 1);
        Time.Should().Be("2024-02-28 23:59:59 4");
        _cpu.Run(1);
        Time.Should().Be("2024-02-29 00:00:00 5");
    }

    [Fact]
    public void An_idle_clock_has_no_deadline() => _cpu.Deadlines.Count.Should().Be(0);

    [Fact]
    public void In_binary_and_12_hours_the_bytes_are_so()
    {
        this[0x0B] = 0x80;
        this[0x0B] = 0x84; // SET, binary, 12 hours
        foreach (var (register, value) in new[] { (0x32, 19), (9, 99), (8, 12), (7, 31), (4, 0x80 | 12), (2, 58), (0, 59) }) this[register] = (byte)value;
        this[0x0B] = 0x04;
        _cpu.Run(Second);
        (this[0x32], this[9], this[8], this[7], this[4], this[2], this[0]).Should().Be((19, 99, 12, 31, 0x80 | 12, 59, 0));
        _cpu.Run(12 * 3600 * Second);
        (this[0x32], this[9], this[8], this[7], this[4], this[2], this[0]).Should().Be((20, 0, 1, 1, 12, 59, 0), "midnight is 12 AM");
    }

    [Fact]
    public void SET_stops_the_time_and_what_was_written_counts_from_there()
    {
        _cpu.Run(Second / 4);
        this[0x0B] = 0x82;
        _cpu.Run(10 * Second);
        Time.Should().Be("2024-02-28 23:59:58 4");
        this[2] = 0x30;
        this[0x0B] = 0x02;
        Time.Should().Be("2024-02-28 23:30:58 4");
        _cpu.Run(3 * Second / 4);
        Time.Should().Be("2024-02-28 23:30:59 4", "the divider went on, so the second ends where it would have");
    }

    [Fact]
    public void After_a_divider_reset_the_first_update_comes_in_half_a_second()
    {
        this[0x0A] = 0x76;
        _cpu.Run(10 * Second);
        this[0x0A] = 0x26;
        Time.Should().Be("2024-02-28 23:59:58 4");
        _cpu.Run(Second / 2 - 1);
        this[0].Should().Be(0x58);
        _cpu.Run(1);
        this[0].Should().Be(0x59);
    }

    [Fact]
    public void UIP_is_set_244_microseconds_before_the_update()
    {
        (this[0x0A] & 0x80).Should().Be(0);
        _cpu.Run(Second - 245_000);
        (this[0x0A] & 0x80).Should().Be(0);
        _cpu.Run(2_000);
        (this[0x0A] & 0x80).Should().Be(0x80);
        _cpu.Run(243_000);
        (this[0x0A] & 0x80).Should().Be(0);
    }

    [Theory]
    [InlineData(1, 256)]
    [InlineData(2, 128)]
    [InlineData(3, 8192)]
    [InlineData(6, 1024)]
    [InlineData(15, 2)]
    public void The_periodic_interrupt_comes_at_its_rate(int rate, int hertz)
    {
        this[0x0A] = (byte)(0x20 | rate);
        this[0x0B] = 0x42;
        for (int i = 1; i <= 10; i++)
        {
            _cpu.RunTo((ulong)i * Second / (ulong)hertz - 1);
            Irq.Should().BeFalse();
            _cpu.RunTo((ulong)i * Second / (ulong)hertz + 1);
            Irq.Should().BeTrue();
            (this[0x0C] & 0xC0).Should().Be(0xC0);
            Irq.Should().BeFalse();
        }
    }

    [Fact]
    public void Events_that_nobody_collects_are_merged_and_need_no_deadline()
    {
        this[0x0B] = 0x72;
        _cpu.Run(100 * Second);
        _lines.Rises(8).Should().Be(1);
        _cpu.Deadlines.Count.Should().Be(0);
        this[0x0C].Should().Be(0xF0, "all three came: the alarm bytes are 00:00:00, and midnight has passed");
    }

    [Fact]
    public void Flags_are_set_without_being_enabled_and_raise_nothing()
    {
        _cpu.Run(Second);
        this[0x0C].Should().Be(0x50);
        this[0x0C].Should().Be(0);
        Irq.Should().BeFalse();
    }

    [Fact]
    public void The_update_interrupt_comes_at_the_end_of_each_second_and_SET_turns_it_off()
    {
        this[0x0B] = 0x12;
        _cpu.Run(Second - 1);
        Irq.Should().BeFalse();
        _cpu.Run(1);
        Irq.Should().BeTrue();
        (this[0x0C] & 0x90).Should().Be(0x90);
        this[0x0B] = 0x92;
        (this[0x0B] & 0x10).Should().Be(0);
        _cpu.Deadlines.Count.Should().Be(0);
    }

    [Theory]
    [InlineData(0x01, 0x00, 0x00, 3)] // 00:00:01, three seconds ahead
    [InlineData(0x59, 0x59, 0x23, 1)]
    [InlineData(0x30, 0xFF, 0xFF, 32)]
    [InlineData(0xC0, 0xC0, 0xC0, 1)]
    [InlineData(0x00, 0x05, 0xFF, 302)]
    [InlineData(0x58, 0x59, 0x23, 86_400)]
    [InlineData(0x57, 0xFF, 0x23, 86_400 - 59 * 60 - 1)]
    public void The_alarm_comes_when_its_bytes_match(byte second, byte minute, byte hour, int inSeconds)
    {
        (this[1], this[3], this[5]) = (second, minute, hour);
        this[0x0B] = 0x22;
        _cpu.Run((ulong)inSeconds * Second - 1);
        Irq.Should().BeFalse();
        _cpu.Run(1);
        Irq.Should().BeTrue();
        (this[0x0C] & 0xA0).Should().Be(0xA0);
    }

    [Fact]
    public void An_alarm_that_cannot_match_never_comes()
    {
        this[1] = 0x77;
        this[0x0B] = 0x22;
        _cpu.Deadlines.Count.Should().Be(0);
    }

    [Fact]
    public void Reset_turns_interrupts_off_and_keeps_time_and_memory()
    {
        this[0x40] = 0xA5;
        this[0x0B] = 0x72;
        _cpu.Run(Second);
        _cmos.Reset();
        this[0x0B].Should().Be(0x02);
        Irq.Should().BeFalse();
        _cpu.Deadlines.Count.Should().Be(0);
        this[0x40].Should().Be(0xA5);
        this[0].Should().Be(0x59);
    }

    [Fact]
    public void It_goes_on_when_the_VMs_clock_begins_anew()
    {
        this[0x0A] = 0x76;
        _cpu.Run(10 * Second);
        this[0x0A] = 0x26; // the first update comes in half a second
        _clock.Offset = 0 - _cpu.Tsc;
        _cmos.Reset();
        this[0x0B] = 0x12;
        _cpu.Run(Second / 2 - 1);
        (this[0], Irq).Should().Be((0x58, false));
        _cpu.Run(1);
        (this[0], Irq).Should().Be((0x59, true));
    }

    [Fact]
    public void The_index_port_masks_NMI_and_cannot_be_read()
    {
        _cmos.WritePort(0x70, 1, 0x8D);
        _cmos.IsNmiMasked.Should().BeTrue();
        _cmos.ReadPort(0x70, 1).Should().Be(0xFF);
        _cmos.ReadPort(0x71, 1).Should().Be(0x80, "the battery is good");
        _cmos.WritePort(0x70, 2, 0x5A0F);
        _cmos.IsNmiMasked.Should().BeFalse();
        this[0x0F].Should().Be(0x5A, "a 16-bit write sets index and data");
    }

    [Fact]
    public void Registers_C_and_D_cannot_be_written()
    {
        this[0x0C] = 0xFF;
        this[0x0D] = 0;
        this[0x0C].Should().Be(0);
        this[0x0D].Should().Be(0x80);
    }

    [Fact]
    public void Memory_sizes_are_where_firmware_leaves_them()
    {
        (this[0x15] | this[0x16] << 8).Should().Be(640);
        (this[0x17] | this[0x18] << 8).Should().Be(3 * 1024);
        (this[0x30] | this[0x31] << 8).Should().Be(3 * 1024);
        (this[0x34] | this[0x35] << 8).Should().Be(0);
        int sum = 0;
        for (int i = 0x10; i <= 0x2D; i++) sum += this[i];
        (this[0x2E] << 8 | this[0x2F]).Should().Be(sum);
    }

    [Fact]
    public unsafe void Much_memory_is_told_in_the_emulators_bytes()
    {
        // It is only described, never touched.
        var memory = new GuestMemory(null, [new GuestMemoryRegion(0, 3UL << 30), new GuestMemoryRegion(4UL << 30, 5UL << 30)]);
        var bytes = new byte[128];
        CmosMemorySizes.Write(bytes, memory);
        (bytes[0x17] | bytes[0x18] << 8).Should().Be(0xFFFF);
        (bytes[0x34] | bytes[0x35] << 8).Should().Be(0xC000 - 0x100);
        (bytes[0x5B] | bytes[0x5C] << 8 | bytes[0x5D] << 16).Should().Be(5 << 14);
    }

    [Fact]
    public void Dates_are_those_of_the_calendar()
    {
        var seconds = Gen.Choose(0, int.MaxValue).Select(value => value * 4L).ToArbitrary();
        Prop.ForAll(seconds, value =>
        {
            var time = CmosTime.FromSeconds(value);
            var expected = DateTimeOffset.FromUnixTimeSeconds(value);
            (time.Year, time.Month, time.Day, time.Hour, time.Minute, time.Second, time.Weekday)
                .Should().Be((expected.Year, expected.Month, expected.Day, expected.Hour, expected.Minute, expected.Second, (int)expected.DayOfWeek + 1));
            time.ToSeconds().Should().Be(value);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Any_bytes_as_time_are_survived()
    {
        Prop.ForAll<byte[]>(bytes =>
        {
            this[0x0B] = 0x82;
            for (int i = 0; i < bytes.Length; i++) this[i % 10 == 9 ? 0x32 : i % 10] = bytes[i];
            this[0x0B] = bytes.Length > 0 ? (byte)(bytes[0] & 0x76) : (byte)0x02;
            _cpu.Run(Second);
            _ = Time;
        }).QuickCheckThrowOnFailure();
    }
}
