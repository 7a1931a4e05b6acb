using System;
using FsCheck;
using FsCheck.Fluent;
using Lamina.Core;
using Lamina.Testing;

namespace Lamina.Devices.Tests;

public sealed class PlatformTests : IDisposable
{
    private readonly TestMachine _test = new();
    private readonly GuestPlatform _platform;

    private sealed class Silence : ByteSink
    {
        public override void Write(byte value) { }
    }

    public PlatformTests() => _platform = new GuestPlatform(_test.Machine, new Silence(), epochSeconds: 1_704_067_200);

    public void Dispose() => _test.Dispose();

    [Fact]
    public void All_devices_find_their_places() => _platform.IsComplete.Should().BeTrue();

    [Theory]
    [InlineData(0x20)]
    [InlineData(0x21)]
    [InlineData(0x40)]
    [InlineData(0x43)]
    [InlineData(0x60)]
    [InlineData(0x61)]
    [InlineData(0x64)]
    [InlineData(0x70)]
    [InlineData(0x71)]
    [InlineData(0x80)]
    [InlineData(0x92)]
    [InlineData(0xA0)]
    [InlineData(0xED)]
    [InlineData(0x3F8)]
    [InlineData(0x3FF)]
    [InlineData(0x4D1)]
    [InlineData(0x600)]
    [InlineData(0x608)]
    [InlineData(0xCF8)]
    [InlineData(0xCF9)]
    [InlineData(0xCFC)]
    [InlineData(0xCFF)]
    public void A_port_of_a_PC_is_answered(int port) => _test.Machine.Ports[(ushort)port].Should().NotBeNull();

    [Fact]
    public void The_reset_register_lies_in_the_midst_of_PCIs_address_register()
    {
        var ports = _test.Machine.Ports;
        foreach (ushort port in new ushort[] { 0xCF8, 0xCFA, 0xCFB }) ports[port].Should().BeSameAs(_platform.Pci, "a 32-bit access is one of a whole register");
        ports[ResetControl.Port].Should().BeOfType<ResetControl>();
    }

    [Fact]
    public void A_new_VM_has_no_deadlines_and_no_interrupt()
    {
        _test.Cpu.Deadlines.Count.Should().Be(0);
        _platform.Pic.Output.IsPending.Should().BeFalse();
    }

    [Fact]
    public void Any_sequence_of_accesses_is_survived()
    {
        ushort[] ports = [0x20, 0x21, 0xA0, 0xA1, 0x4D0, 0x4D1, 0x40, 0x41, 0x42, 0x43, 0x60, 0x61, 0x64, 0x70, 0x71, 0x80, 0x92, 0xED, 0x3F8, 0x3F9, 0x3FA, 0x3FB,
            0x3FC, 0x3FD, 0x3FE, 0x3FF, 0x600, 0x602, 0x604, 0x608, 0x60B, 0xC000, 0xCFFF, 0xCF8, 0xCF9, 0xCFC, 0xCFD, 0xCFE, 0xCFF];
        int[] sizes = [1, 2, 4, 8];
        var access = from port in Gen.Elements(ports)
                     from size in Gen.Elements(sizes)
                     from write in Gen.Choose(0, 3)
                     from low in Gen.Choose(0, ushort.MaxValue)
                     from high in Gen.Choose(0, ushort.MaxValue)
                     from pass in Gen.Choose(0, 3_000_000)
                     select (port, size, write, value: (uint)low | (uint)high << 16, pass);
        Prop.ForAll(access.ArrayOf().Resize(300).ToArbitrary(), accesses =>
        {
            foreach (var (port, size, write, value, pass) in accesses)
            {
                if (write < 3)
                {
                    var device = _test.Machine.Ports[port]!;
                    if (write > 0) device.WritePort(port, Math.Min(size, 4), value);
                    else device.ReadPort(port, Math.Min(size, 4));
                }
                else
                {
                    ulong gpa = (value & 1) != 0 ? IoApic.BaseAddress + value % 0x50 : PciWindows.MemoryStart + value % (PciWindows.MemoryLength + PciEcam.Length);
                    if (_test.Machine.Mmio.Find(gpa, size, out ulong offset) is not { } device) continue;
                    device.WriteMemory(offset, size, value);
                    device.ReadMemory(offset, size);
                    _platform.Uart.Receive((byte)value);
                }
                _test.Cpu.Run((ulong)pass);
                if (_platform.Pic.Output.IsPending) _platform.Pic.Output.Acknowledge();
            }
            _test.Cpu.Deadlines.Count.Should().BeLessThanOrEqualTo(GuestPlatform.Deadlines);
            _platform.Reset();
            _test.Cpu.Deadlines.Count.Should().Be(0);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Nothing_on_the_exit_way_allocates()
    {
        var ports = _test.Machine.Ports;
        void Touch()
        {
            for (int port = 0; port < 0x1000; port++)
            {
                if (ports[(ushort)port] is not { } device) continue;
                for (int value = 0; value < 256; value += 51)
                {
                    device.WritePort((ushort)port, 1, (uint)value);
                    device.ReadPort((ushort)port, 4);
                }
            }
            _test.Cpu.Run(50_000_000);
        }
        Touch();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Touch();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        allocated.Should().Be(0);
    }
}
