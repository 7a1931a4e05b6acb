using System;
using System.Runtime.InteropServices;
using FsCheck;
using FsCheck.Fluent;
using Lamina.Core;

namespace Lamina.Core.Tests;

public sealed unsafe class GuestMemoryTests : IDisposable
{
    private const ulong Page = 4096;
    private readonly byte* _slot = (byte*)NativeMemory.AllocZeroed((nuint)(8 * Page));
    private readonly GuestMemory _memory;

    public GuestMemoryTests() =>
        _memory = new GuestMemory(_slot, [new GuestMemoryRegion(0, 2 * Page), new GuestMemoryRegion(4 * Page, Page)]);

    public void Dispose() => NativeMemory.Free(_slot);

    [Fact]
    public void Size_is_the_sum_of_the_regions() => _memory.Size.Should().Be(3 * Page);

    /// <summary>Against the plainest statement of the rule: every byte of the range lies in one region. Any 64-bit numbers, so also those that wrap.</summary>
    [Fact]
    public void A_range_is_inside_exactly_when_every_byte_of_it_is()
    {
        var edges = new ulong[] { 0, 1, Page, 2 * Page - 1, 2 * Page, 2 * Page + 1, 4 * Page - 1, 4 * Page, 5 * Page - 1, 5 * Page, ulong.MaxValue - 1, ulong.MaxValue };
        foreach (ulong gpa in edges)
        {
            foreach (ulong length in edges)
            {
                var end = (UInt128)gpa + length;
                bool first = gpa < 2 * Page && end <= 2 * Page;
                bool second = gpa >= 4 * Page && gpa < 5 * Page && end <= 5 * Page;
                _memory.Contains(gpa, length).Should().Be(first || second, $"[{gpa:x}, +{length:x})");
            }
        }
    }

    [Fact]
    public void What_is_written_is_read_and_nothing_beside_it_changes()
    {
        _memory.TryWrite(2 * Page - 8, 0x1122334455667788UL).Should().BeTrue();
        _memory.TryRead(2 * Page - 8, out ulong value).Should().BeTrue();
        value.Should().Be(0x1122334455667788UL);
        _slot[2 * Page].Should().Be(0);
        _memory.TryWrite(2 * Page - 7, ulong.MaxValue).Should().BeFalse("it crosses the end of RAM");
        _slot[2 * Page - 1].Should().Be(0x11);
        _memory.TryRead(2 * Page - 7, out ulong none).Should().BeFalse();
        none.Should().Be(0);
    }

    [Fact]
    public void Spans_are_copied_whole_or_not_at_all()
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Fill(7);
        _memory.TryWrite(5 * Page - 15, bytes).Should().BeFalse();
        _slot[5 * Page - 1].Should().Be(0);
        _memory.TryWrite(5 * Page - 16, bytes).Should().BeTrue();
        _slot[5 * Page - 1].Should().Be(7);
        bytes.Clear();
        _memory.TryRead(5 * Page - 16, bytes).Should().BeTrue();
        bytes[15].Should().Be(7);
        _memory.TryClear(5 * Page - 16, 16).Should().BeTrue();
        _slot[5 * Page - 1].Should().Be(0);
    }

    [Fact]
    public void Compare_exchange_wants_alignment_RAM_and_the_expected_value()
    {
        _memory.TryWrite(8UL, 5UL);
        _memory.TryCompareExchange(8, 4UL, 9UL).Should().BeFalse();
        _memory.TryCompareExchange(9, 0UL, 9UL).Should().BeFalse();
        _memory.TryCompareExchange(2 * Page, 0UL, 9UL).Should().BeFalse();
        _memory.TryCompareExchange(8, 5UL, 9UL).Should().BeTrue();
        _memory.TryCompareExchange(12, 0u, 3u).Should().BeTrue();
        _memory.TryRead(8, out ulong value);
        value.Should().Be(0x0000_0003_0000_0009UL);
    }
}
