using System;
using Lamina.Core;
using Lamina.Testing;

namespace Lamina.Devices.Tests.Virtio;

public sealed class MsixTableTests : IDisposable
{
    private readonly TestMachine _test = new();
    private readonly EchoDevice _device;
    private readonly VirtioDriver _driver;

    public MsixTableTests()
    {
        _device = new EchoDevice(_test.Machine);
        _driver = new VirtioDriver(_test, _device);
        _driver.Negotiate(VirtioFeature.Common);
        _driver.Start();
        _driver.SetMsix(true);
        _driver.SetVector(1, 0x51);
        _driver.Write(0x10, 2, 1);
    }

    public void Dispose() => _test.Dispose();

    [Fact]
    public void A_message_says_where_to_and_how()
    {
        ulong entry = VirtioDriver.Msix + 16;
        _driver.Write(entry, 4, 0xFEE3_400C);
        _driver.Write(entry + 8, 4, 0xC161);
        _device.Change(1);
        var message = _driver.Bus.Sent.Should().ContainSingle().Subject;
        message.Vector.Should().Be(0x61);
        message.Destination.Should().Be(0x34);
        message.Logical.Should().BeTrue();
        message.Mode.Should().Be(DeliveryMode.LowestPriority);
        message.LevelTriggered.Should().BeTrue();
    }

    [Fact]
    public void An_address_that_is_no_APICs_and_a_reserved_mode_send_nothing()
    {
        ulong entry = VirtioDriver.Msix + 16;
        _driver.Write(entry, 4, 0x0010_0000);
        _device.Change(1);
        _driver.Write(entry, 8, 0x1_FEE0_0000);
        _device.Change(2);
        _driver.Write(entry, 8, 0xFEE0_0000);
        _driver.Write(entry + 8, 4, 0x0361);
        _device.Change(3);
        _driver.Write(entry + 8, 4, 0x0661);
        _device.Change(4);
        _driver.Bus.Sent.Should().BeEmpty();
        _driver.Write(entry + 8, 4, 0x0061);
        _device.Change(5);
        _driver.Bus.Sent.Should().HaveCount(1);
    }

    [Fact]
    public void A_masked_vector_is_pending_and_sent_once_when_it_is_unmasked()
    {
        _driver.Write(VirtioDriver.Msix + 16 + 12, 4, 1);
        _device.Change(1);
        _device.Change(2);
        _driver.Bus.Sent.Should().BeEmpty();
        _driver.Read(VirtioDriver.Pending, 8).Should().Be(2);
        _driver.Write(VirtioDriver.Pending, 8, 0);
        _driver.Read(VirtioDriver.Pending, 4).Should().Be(2, "it is read only");
        _driver.Write(VirtioDriver.Msix + 16 + 12, 4, 0);
        _driver.Bus.Sent.Should().HaveCount(1);
        _driver.Read(VirtioDriver.Pending, 8).Should().Be(0);
    }

    [Fact]
    public void A_masked_function_holds_all_back()
    {
        _driver.SetMsix(true, masked: true);
        _device.Change(1);
        _driver.Bus.Sent.Should().BeEmpty();
        _driver.Write(VirtioDriver.Msix + 16 + 12, 4, 1);
        _driver.SetMsix(true);
        _driver.Bus.Sent.Should().BeEmpty("the vector is masked by itself too");
        _driver.Write(VirtioDriver.Msix + 16 + 12, 4, 0);
        _driver.Bus.Sent.Should().HaveCount(1);
    }

    [Fact]
    public void Only_a_bus_master_sends()
    {
        _driver.Function.WriteConfig(4, 2, 3);
        _device.Change(1);
        _driver.Bus.Sent.Should().BeEmpty();
    }

    [Fact]
    public void The_table_takes_whole_words()
    {
        ulong entry = VirtioDriver.Msix + 32;
        _driver.Read(entry + 12, 4).Should().Be(1, "a vector is masked at first");
        _driver.Write(entry, 8, 0x1122_3344_5566_7788);
        _driver.Read(entry + 4, 4).Should().Be(0x1122_3344);
        _driver.Write(entry, 2, 0);
        _driver.Write(entry + 2, 4, 0);
        _driver.Read(entry, 8).Should().Be(0x1122_3344_5566_7788);
        _driver.Write(entry + 16, 4, 1);
        _driver.Read(entry + 16, 4).Should().Be(0, "there are three vectors");
        _driver.Function.Reset();
        _driver.Read(entry, 8).Should().Be(0);
    }
}
