using System;
using Lamina.Core;
using Lamina.Testing;

namespace Lamina.Devices.Tests.Virtio;

public sealed class VirtioRngTests : IDisposable
{
    private const ulong Buffers = 0x8_0000;

    private sealed class Source : RandomSource
    {
        public int Left { get; set; } = int.MaxValue;

        public override int Fill(Span<byte> destination)
        {
            int count = Math.Min(Left, destination.Length);
            destination[..count].Fill(0xA5);
            Left -= count;
            return count;
        }
    }

    private readonly TestMachine _test = new(1 << 20);
    private readonly Source _source = new();
    private readonly VirtioDriver _driver;
    private readonly VirtqueueDriver _queue;

    public VirtioRngTests()
    {
        _driver = new VirtioDriver(_test, new VirtioRng(_test.Machine, _source));
        _driver.Negotiate(VirtioFeature.Common).Should().BeTrue();
        _queue = _driver.SetUp(0, 0x1_0000, 16);
        _driver.Start();
    }

    public void Dispose() => _test.Dispose();

    [Fact]
    public void A_buffer_is_filled()
    {
        _driver.Function.ReadConfig(0, 4).Should().Be(0x1044_1AF4);
        _queue.Offer((Buffers, 40, true), (Buffers + 100, 24, true));
        _driver.Ring(0);
        _queue.TakeUsed().Should().Equal((0u, 64u));
        _test.Memory.Slice((int)Buffers, 40).IndexOfAnyExcept((byte)0xA5).Should().Be(-1);
        _test.Memory[(int)Buffers + 40].Should().Be(0);
        _test.Memory[(int)Buffers + 123].Should().Be(0xA5);
    }

    [Fact]
    public void A_generator_that_runs_dry_gives_what_it_has_and_never_anything_else()
    {
        _source.Left = 10;
        _queue.Offer((Buffers, 64, true));
        _queue.Offer((Buffers + 100, 64, true));
        _driver.Ring(0);
        _queue.TakeUsed().Should().Equal((0u, 10u));
        _test.Memory[(int)Buffers + 10].Should().Be(0);
        // The second waits until there is more.
        _test.Machine.HasWork.Should().BeTrue();
        _test.Machine.DoWork();
        _queue.TakeUsed().Should().BeEmpty();
        _source.Left = 1000;
        _test.Machine.DoWork();
        _queue.TakeUsed().Should().Equal((1u, 64u));
    }

    [Fact]
    public void One_exit_gives_a_bounded_number_of_bytes()
    {
        _queue.Offer((Buffers, 100_000, true));
        _driver.Ring(0);
        _queue.TakeUsed().Should().Equal((0u, (uint)VirtioRng.BytesPerExit));
        for (int i = 0; i < 15; i++) _queue.Offer((Buffers, 100, true));
        _driver.Ring(0);
        _queue.UsedIndex.Should().BeLessThan(16);
        while (_test.Machine.HasWork) _test.Machine.DoWork();
        _queue.UsedIndex.Should().Be(16);
    }

    [Fact]
    public void Buffers_to_be_read_come_back_empty()
    {
        _queue.Offer((Buffers, 64, false));
        _driver.Ring(0);
        _queue.TakeUsed().Should().Equal((0u, 0u));
    }
}
