using System;
using System.Collections.Generic;
using System.Linq;
using FsCheck;
using FsCheck.Fluent;
using Lamina.Core;
using Lamina.Testing;

namespace Lamina.Devices.Tests.Virtio;

public sealed class VirtioPciFunctionTests : IDisposable
{
    private const ulong All = VirtioFeature.Common;
    private const ulong Rings = 0x1_0000;
    private const ulong Buffers = 0x8_0000;

    private readonly TestMachine _test = new(1 << 20);
    private readonly EchoDevice _device;
    private readonly VirtioDriver _driver;

    public VirtioPciFunctionTests()
    {
        _device = new EchoDevice(_test.Machine);
        _driver = new VirtioDriver(_test, _device);
    }

    public void Dispose() => _test.Dispose();

    private uint Config(int offset, int size = 4) => _driver.Function.ReadConfig(offset, size) & (uint)((1UL << 8 * size) - 1);

    private List<int> Capabilities(byte id)
    {
        var found = new List<int>();
        int seen = 0;
        for (int at = (int)Config(0x34, 1); at != 0; at = (int)Config(at + 1, 1))
        {
            (at % 4).Should().Be(0);
            (++seen).Should().BeLessThan(48, "the list ends");
            if (Config(at, 1) == id) found.Add(at);
        }
        return found;
    }

    [Fact]
    public void It_is_a_modern_device_of_its_type()
    {
        Config(0).Should().Be(0x1044_1AF4);
        Config(8, 1).Should().Be(1);
        Config(0x3D, 1).Should().Be(1, "it has INTA");
        (Config(6, 2) & 0x10).Should().Be(0x10, "it has capabilities");
    }

    /// <summary>As Linux looks for them: the first of each kind whose base address register is there.</summary>
    [Fact]
    public void Its_structures_are_found_and_the_doorbells_by_ports_first()
    {
        var byKind = Capabilities(0x09).ToLookup(at => Config(at + 3, 1), at => (Bar: Config(at + 4, 1), Start: Config(at + 8), Size: Config(at + 12), At: at));
        byKind[1].Single().Should().Match<(uint Bar, uint Start, uint Size, int At)>(c => c.Bar == 0 && c.Start == 0 && c.Size == 56);
        byKind[3].Single().Start.Should().Be((uint)VirtioDriver.Isr);
        byKind[4].Single().Should().Match<(uint Bar, uint Start, uint Size, int At)>(c => c.Bar == 0 && c.Start == VirtioDriver.Device && c.Size == 12);
        byKind[5].Should().ContainSingle();
        var notify = byKind[2].ToArray();
        notify.Should().HaveCount(2);
        notify[0].Bar.Should().Be(1, "OUT needs no decoding on AMD");
        notify[0].Start.Should().Be(0);
        notify[0].Size.Should().Be(8);
        Config(notify[0].At + 16).Should().Be(4);
        notify[1].Bar.Should().Be(0);
        notify[1].Start.Should().Be((uint)VirtioDriver.Notify);
        foreach (var at in Capabilities(0x09)) ((int)Config(at + 2, 1)).Should().BeGreaterThanOrEqualTo(16);
        Capabilities(0x11).Should().ContainSingle().Which.Should().Be(0x40);
        Config(0x42, 2).Should().Be(2, "three vectors: two queues and the configuration");
    }

    /// <summary>The order of Linux 6.1's virtio core and virtio_pci_modern.</summary>
    [Fact]
    public void Linux_negotiates()
    {
        _driver.Status = VirtioStatus.None;
        _driver.Status.Should().Be(VirtioStatus.None);
        _driver.Status = VirtioStatus.Acknowledge;
        _driver.Status = _driver.Status | VirtioStatus.Driver;
        _driver.OfferedFeatures.Should().Be(All | EchoDevice.Feature);
        _driver.Write(8, 4, 0);
        _driver.Write(0xC, 4, All & uint.MaxValue);
        _driver.Write(8, 4, 1);
        _driver.Write(0xC, 4, All >> 32);
        _driver.Status = _driver.Status | VirtioStatus.FeaturesOk;
        _driver.Status.Should().HaveFlag(VirtioStatus.FeaturesOk);
        _driver.SetMsix(true, masked: true);
        for (int i = 0; i < 3; i++) _driver.SetVector(i, (byte)(0x30 + i));
        _driver.SetMsix(true);
        _driver.Write(0x10, 2, 0);
        _driver.Read(0x10, 2).Should().Be(0);
        _driver.Read(0x12, 2).Should().Be(2);
        for (ushort i = 0; i < 2; i++)
        {
            _driver.Write(0x16, 2, i);
            _driver.Read(0x18, 2).Should().Be(256);
            _driver.Read(0x1C, 2).Should().Be(0);
            _driver.Read(0x1E, 2).Should().Be(i);
            var queue = _driver.SetUp(i, Rings + i * VirtqueueDriver.RingBytes, 256, (ushort)(i + 1));
            _driver.Read(0x1A, 2).Should().Be((ulong)(i + 1));
            _driver.Read(0x1C, 2).Should().Be(1);
            _driver.Read(0x20, 4).Should().Be(queue.Descriptors);
        }
        _driver.Write(0x16, 2, 2);
        _driver.Read(0x18, 2).Should().Be(0, "there is no such queue");
        _driver.Status = _driver.Status | VirtioStatus.DriverOk;
        _driver.Status.Should().Be(VirtioStatus.Acknowledge | VirtioStatus.Driver | VirtioStatus.FeaturesOk | VirtioStatus.DriverOk);
        _device.Features.Should().Be(All);
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(VirtioFeature.RingEventIndex)]
    [InlineData(All | 2)]
    [InlineData(All | 1UL << 33)]
    [InlineData(All | 1UL << 63)]
    public void Features_that_are_not_offered_and_legacy_drivers_are_refused(ulong features)
    {
        _driver.Negotiate(features).Should().BeFalse();
        _device.Features.Should().Be(0);
        _driver.Start();
        _driver.Status.Should().NotHaveFlag(VirtioStatus.DriverOk);
    }

    [Fact]
    public void Negotiated_features_stay()
    {
        _driver.Negotiate(All);
        _driver.Write(8, 4, 0);
        _driver.Write(0xC, 4, 0);
        _driver.Status |= VirtioStatus.DriverOk;
        _device.Features.Should().Be(All);
        _driver.Read(0xC, 4).Should().Be(All & uint.MaxValue);
    }

    [Fact]
    public void Status_bits_are_taken_back_by_a_reset_alone()
    {
        _driver.Negotiate(All);
        _driver.SetUp(0, Rings, 16);
        _driver.Start();
        var status = _driver.Status;
        _driver.Status = VirtioStatus.Acknowledge;
        _driver.Status.Should().Be(status);
        _driver.Status = VirtioStatus.DeviceNeedsReset;
        _driver.Status.Should().Be(status, "that bit is the device's");
        int resets = _device.Resets;
        _driver.Status = VirtioStatus.None;
        _device.Resets.Should().Be(resets + 1);
        _driver.Status.Should().Be(VirtioStatus.None);
        _device.Features.Should().Be(0);
        _driver.Read(0x16, 2).Should().Be(0);
        _driver.Read(0x1C, 2).Should().Be(0, "the queue is off");
        _driver.Read(0x18, 2).Should().Be(256);
        _driver.Read(0x20, 8).Should().Be(0);
        _driver.Read(0x1A, 2).Should().Be(0xFFFF);
        _driver.Read(0x10, 2).Should().Be(0xFFFF);
    }

    [Fact]
    public void Nothing_is_served_before_the_driver_is_ready()
    {
        _driver.Negotiate(All);
        var queue = _driver.SetUp(0, Rings, 16);
        queue.Offer((Buffers, 1, false));
        _driver.Ring(0);
        queue.UsedIndex.Should().Be(0);
        _driver.Start();
        _driver.Ring(1);
        _driver.Ring(5);
        queue.UsedIndex.Should().Be(0, "that was another's doorbell");
        _driver.Ring(0);
        queue.UsedIndex.Should().Be(1);
    }

    [Fact]
    public void Doorbells_are_in_memory_too()
    {
        _driver.Negotiate(All);
        var queue = _driver.SetUp(1, Rings, 16);
        _driver.Start();
        queue.Offer((Buffers, 1, false));
        _driver.Write(VirtioDriver.Notify + 4, 2, 1);
        queue.UsedIndex.Should().Be(1);
        _driver.Write(VirtioDriver.Notify + 0xFFC, 2, 1);
    }

    [Fact]
    public void Queues_are_not_switched_on_before_features_and_not_changed_after()
    {
        _driver.Status = VirtioStatus.Acknowledge;
        _driver.SetUp(0, Rings, 16);
        _driver.Read(0x1C, 2).Should().Be(0);
        _driver.Negotiate(All);
        _driver.SetUp(0, Rings, 16);
        _driver.Write(0x18, 2, 8);
        _driver.Write(0x20, 4, 0x2000);
        _driver.Read(0x18, 2).Should().Be(16);
        _driver.Read(0x20, 4).Should().Be(Rings);
        _driver.Write(0x1C, 2, 0);
        _driver.Read(0x1C, 2).Should().Be(1);
    }

    [Fact]
    public void INTx_says_what_for_until_ISR_status_is_read()
    {
        _driver.Negotiate(All);
        var queue = _driver.SetUp(0, Rings, 16);
        _driver.Start();
        queue.Offer((Buffers, 1, false));
        _driver.Ring(0);
        _driver.Lines.IsHigh(16).Should().BeTrue();
        (Config(6, 2) & 8).Should().Be(8);
        _device.Change(7);
        _driver.Read(VirtioDriver.Isr, 1).Should().Be(3);
        _driver.Lines.IsHigh(16).Should().BeFalse();
        _driver.Read(VirtioDriver.Isr, 1).Should().Be(0);

        // Kept from the line by the command register.
        _driver.Function.WriteConfig(4, 2, 0x0407);
        _device.Change(8);
        _driver.Lines.IsHigh(16).Should().BeFalse();
        (Config(6, 2) & 8).Should().Be(8);
        _driver.Function.WriteConfig(4, 2, 0x0007);
        _driver.Lines.IsHigh(16).Should().BeTrue();
        _driver.Status = VirtioStatus.None;
        _driver.Lines.IsHigh(16).Should().BeFalse("a reset takes it back");
        _driver.Bus.Sent.Should().BeEmpty();
    }

    [Fact]
    public void With_MSIX_the_line_stays_low()
    {
        _driver.Negotiate(All);
        _driver.Start();
        _device.Change(1);
        _driver.Lines.IsHigh(16).Should().BeTrue();
        _driver.SetMsix(true);
        _driver.Lines.IsHigh(16).Should().BeFalse();
        _driver.SetVector(2, 0x33);
        _driver.Write(0x10, 2, 2);
        _device.Change(2);
        _driver.Lines.IsHigh(16).Should().BeFalse();
        _driver.Bus.Sent.Should().ContainSingle().Which.Vector.Should().Be(0x33);
    }

    [Fact]
    public void A_vector_that_is_not_there_is_not_taken()
    {
        _driver.SetMsix(true);
        _driver.Write(0x10, 2, 3);
        _driver.Read(0x10, 2).Should().Be(0xFFFF);
        _driver.Write(0x16, 2, 0);
        _driver.Write(0x1A, 2, 3);
        _driver.Read(0x1A, 2).Should().Be(0xFFFF);
        _driver.Write(0x1A, 2, 2);
        _driver.Read(0x1A, 2).Should().Be(2);
    }

    [Fact]
    public void A_changed_configuration_has_another_generation()
    {
        _driver.Negotiate(All);
        _driver.Start();
        ulong generation = _driver.Read(0x15, 1);
        _device.Change(9);
        _driver.Read(0x15, 1).Should().NotBe(generation);
        _driver.Read(VirtioDriver.Device, 1).Should().Be(9);
        _driver.Write(VirtioDriver.Device + 5, 1, 0x55);
        _driver.Read(VirtioDriver.Device + 4, 4).Should().Be(0x5500);
        _driver.Read(VirtioDriver.Device + 11, 4).Should().Be(0);
        _driver.Write(VirtioDriver.Device + 11, 4, 1);
        _driver.Write(VirtioDriver.Device + 0x800, 4, 1);
        _driver.Read(VirtioDriver.Device + 0x800, 8).Should().Be(0);
    }

    [Fact]
    public void All_can_be_reached_through_configuration_space()
    {
        int at = Capabilities(0x09).Single(c => Config(c + 3, 1) == 5);
        void Aim(byte bar, uint start, uint size)
        {
            _driver.Function.WriteConfig(at + 4, 1, bar);
            _driver.Function.WriteConfig(at + 8, 4, start);
            _driver.Function.WriteConfig(at + 12, 4, size);
        }
        Aim(0, 0x14, 1);
        _driver.Function.WriteConfig(at + 16, 1, 1);
        _driver.Status.Should().Be(VirtioStatus.Acknowledge);
        Config(at + 16, 1).Should().Be(1);
        Aim(0, 0x18, 2);
        Config(at + 16, 2).Should().Be(256);

        // What is no access does nothing.
        Config(at + 16, 1).Should().NotBe(0xFF);
        foreach (var (bar, start, size) in new (byte, uint, uint)[] { (0, 0x15, 2), (0, 0x14, 3), (2, 0, 4), (5, 0, 4), (200, 0, 4), (0, 0x8000, 4), (0, uint.MaxValue - 3, 4), (0, 0, 0), (1, 8, 4) })
        {
            Aim(bar, start, size);
            _driver.Function.WriteConfig(at + 16, 4, 0);
            Config(at + 16);
        }
        _driver.Status.Should().Be(VirtioStatus.Acknowledge);
    }

    [Fact]
    public void Any_sequence_of_accesses_is_survived()
    {
        var access = from bar in Gen.Choose(0, 1) from page in Gen.Choose(0, 7) from offset in Gen.Choose(0, 0x40) from size in Gen.Elements(1, 2, 4, 8)
                     from low in Gen.Choose(0, 0xFFFF) from high in Gen.Choose(0, 0xFFFF) from far in Gen.Elements(0, 0, 0, 0xFC0)
                     select (bar, offset: bar == 1 ? (ulong)offset % 8 : (ulong)(page * 0x1000 + offset + (offset == 0x40 ? 0 : far)), size, value: (uint)low | (ulong)(uint)high << 32);
        Prop.ForAll(access.ArrayOf().Resize(300).ToArbitrary(), accesses =>
        {
            foreach (var (bar, offset, size, value) in accesses)
            {
                _driver.Function.WriteBar(bar, offset, size, value);
                _driver.Function.ReadBar(bar, offset, size);
                _driver.Function.WriteConfig((int)(value % 64) * 4, 4, (uint)(value >> 30));
                _driver.Function.ReadConfig((int)offset % 256, 1);
            }
            _driver.Function.Reset();
            _driver.Status.Should().Be(VirtioStatus.None);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void It_finds_a_place_on_the_board()
    {
        var platform = new GuestPlatform(_test.Machine, new TestSink(), epochSeconds: 0);
        platform.TryPlugIn(_driver.Function).Should().BeTrue();
        for (int i = 2; i < 32; i++) platform.TryPlugIn(new VirtioPciFunction(new EchoDevice(_test.Machine), _test.Machine.Interrupts)).Should().BeTrue();
        platform.TryPlugIn(new VirtioPciFunction(new EchoDevice(_test.Machine), _test.Machine.Interrupts)).Should().BeFalse("the bus is full");
        platform.Reset();
        var ports = _test.Machine.Ports;
        ports[0xCF8]!.WritePort(0xCF8, 4, 0x8000_0800);
        ports[0xCFC]!.ReadPort(0xCFC, 4).Should().Be(0x1044_1AF4);
        // Its doorbell rings where its base address register says.
        ports[0xCF8]!.WritePort(0xCF8, 4, 0x8000_0814);
        ports[0xCFC]!.WritePort(0xCFC, 4, 0xC120);
        ports[0xCF8]!.WritePort(0xCF8, 4, 0x8000_0804);
        ports[0xCFC]!.WritePort(0xCFC, 2, 7);
        _driver.Negotiate(All);
        var queue = _driver.SetUp(1, Rings, 16);
        _driver.Start();
        queue.Offer((Buffers, 1, false));
        ports[0xC124]!.WritePort(0xC124, 2, 1);
        queue.UsedIndex.Should().Be(1);
    }
}
