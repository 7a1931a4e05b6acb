using System;
using System.Linq;
using Lamina.Testing;

namespace Lamina.Devices.Tests.Virtio;

public sealed class VirtqueueTests : IDisposable
{
    private const ulong All = VirtioFeature.Common;
    private const ulong Buffers = 0x8_0000;

    private readonly TestMachine _test = new(1 << 20);
    private readonly EchoDevice _device;
    private readonly VirtioDriver _driver;

    public VirtqueueTests()
    {
        _device = new EchoDevice(_test.Machine);
        _driver = new VirtioDriver(_test, _device);
    }

    public void Dispose() => _test.Dispose();

    private VirtqueueDriver Start(ulong features = All, ushort size = 16)
    {
        _driver.Negotiate(features).Should().BeTrue();
        var queue = _driver.SetUp(0, 0x1_0000, size);
        _driver.Start();
        return queue;
    }

    [Fact]
    public void What_is_read_from_a_chain_is_what_is_in_its_buffers()
    {
        var queue = Start();
        "lamina"u8.CopyTo(_test.Memory[(int)Buffers..]);
        ushort head = queue.Offer((Buffers, 3, false), (Buffers + 3, 3, false), (Buffers + 0x100, 4, true), (Buffers + 0x200, 100, true));
        _driver.Ring(0);
        queue.TakeUsed().Should().Equal((head, 6u));
        _device.Taken.Single().Read.Should().Equal("lamina"u8.ToArray());
        _test.Memory.Slice((int)Buffers + 0x100, 4).ToArray().Should().Equal("lami"u8.ToArray());
        _test.Memory.Slice((int)Buffers + 0x200, 3).ToArray().Should().Equal((byte)'n', (byte)'a', (byte)0);
    }
}
