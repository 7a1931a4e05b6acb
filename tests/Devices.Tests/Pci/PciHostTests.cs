using FsCheck;
using FsCheck.Fluent;
using Lamina.Core;

namespace Lamina.Devices.Tests.Pci;

public class PciHostTests
{
    private sealed class Adapter : PciFunction
    {
        public Adapter() : base(new PciIdentity(0x1AF4, 0x1041, 1, 0x02_00_00, 0x1AF4, 0x0001), interruptPin: 1)
        {
            DefineBar(0, PciBarKind.Memory32, 0x1000);
            DefineBar(1, PciBarKind.Io, 0x20);
            DefineBar(2, PciBarKind.Memory64, 1UL << 33);
        }

        public (int Bar, ulong Offset, int Size, ulong Value) Last { get; private set; }

        public override ulong ReadBar(int bar, ulong offset, int size) => 0x100 * (ulong)bar + offset;

        public override void WriteBar(int bar, ulong offset, int size, ulong value) => Last = (bar, offset, size, value);
    }

    private readonly PciHost _host = new();
    private readonly Adapter _adapter = new();
    private readonly MemoryBus _bus = new();

    public PciHostTests()
    {
        _host.TryAdd(3, _adapter).Should().BeTrue();
        _host.TryRegister(new PortBus(), _bus).Should().BeTrue();
    }

    private void Select(int device, int register, int function = 0, int bus = 0) =>
        _host.WritePort(0xCF8, 4, 0x8000_0000 | (uint)bus << 16 | (uint)device << 11 | (uint)function << 8 | (uint)register & 0xFC);

    private uint Read(int device, int register, int size = 4)
    {
        Select(device, register);
        return _host.ReadPort((ushort)(0xCFC + register % 4), size) & (uint)((1UL << 8 * size) - 1);
    }

    private void Write(int device, int register, uint value, int size = 4)
    {
        Select(device, register);
        _host.WritePort((ushort)(0xCFC + register % 4), size, value);
    }

    [Fact]
    public void The_host_bridge_is_at_0()
    {
        Read(0, 0).Should().Be(0x0008_1B36);
        Read(0, 0x0A, 2).Should().Be(0x0600);
        Read(0, 0x0E, 1).Should().Be(0);
        Read(0, 0x3D, 1).Should().Be(0);
        for (int bar = 0x10; bar < 0x28; bar += 4)
        {
            Write(0, bar, uint.MaxValue);
            Read(0, bar).Should().Be(0, "it has no base address registers");
        }
    }

    [Fact]
    public void The_address_register_takes_32_bit_accesses_alone()
    {
        _host.WritePort(0xCF8, 4, uint.MaxValue);
        _host.ReadPort(0xCF8, 4).Should().Be(0x80FF_FFFC);
        _host.WritePort(0xCF8, 2, 0);
        _host.ReadPort(0xCF8, 4).Should().Be(0x80FF_FFFC);
        _host.ReadPort(0xCF8, 2).Should().Be(uint.MaxValue);
    }

    [Fact]
    public void Where_nobody_is_all_ones_are_read()
    {
        Read(5, 0).Should().Be(uint.MaxValue);
        Select(0, 0, function: 1);
        _host.ReadPort(0xCFC, 4).Should().Be(uint.MaxValue);
        Select(0, 0, bus: 1);
        _host.ReadPort(0xCFC, 4).Should().Be(uint.MaxValue);
        _host.WritePort(0xCF8, 4, 0);
        _host.ReadPort(0xCFC, 4).Should().Be(uint.MaxValue, "the enable bit is not set");
        Select(0, 0);
        _host.ReadPort(0xCFE, 4).Should().Be(uint.MaxValue, "that reaches over the register's end");
    }

    [Fact]
    public void Bytes_and_words_have_their_lanes()
    {
        Read(3, 0x00, 2).Should().Be(0x1AF4);
        Read(3, 0x02, 2).Should().Be(0x1041);
        Read(3, 0x0B, 1).Should().Be(0x02);
        Write(3, 0x3C, 0x0B, 1);
        Read(3, 0x3C).Should().Be(0x010B, "the line is written, the pin is not");
        Write(3, 0x3D, 0xFF, 1);
        Read(3, 0x3C).Should().Be(0x010B);
    }

    [Fact]
    public void Base_address_registers_tell_their_size()
    {
        for (int bar = 0x10; bar < 0x20; bar += 4) Write(3, bar, uint.MaxValue);
        Read(3, 0x10).Should().Be(0xFFFF_F000);
        Read(3, 0x14).Should().Be(0xFFFF_FFE1);
        Read(3, 0x18).Should().Be(0x0000_0004);
        Read(3, 0x1C).Should().Be(0xFFFF_FFFE);
        Write(3, 0x20, uint.MaxValue);
        Read(3, 0x20).Should().Be(0);
    }

    [Fact]
    public void Memory_is_passed_on_where_the_guest_put_it_and_when_it_is_enabled()
    {
        Write(3, 0x10, (uint)PciWindows.MemoryStart + 0x20_0000);
        Write(3, 0x1C, 2); // the large one lies above all that
        ulong gpa = PciWindows.MemoryStart + 0x20_0123;
        var device = _bus.Find(gpa, 4, out ulong offset)!;
        device.ReadMemory(offset, 4).Should().Be(ulong.MaxValue);
        Write(3, 4, 2, 2);
        device.ReadMemory(offset, 4).Should().Be(0x123);
        device.WriteMemory(offset, 4, 42);
        _adapter.Last.Should().Be((0, 0x123, 4, 42));
        device.ReadMemory(offset + 0xEDB, 4).Should().Be(ulong.MaxValue, "that reaches over its end");
    }

    [Fact]
    public void Configuration_space_is_in_memory_too()
    {
        var ecam = new PciEcam(_host);
        ecam.TryRegister(_bus).Should().BeTrue("it lies beside the window");
        ecam.ReadMemory(3 << 15, 4).Should().Be(0x1041_1AF4);
        ecam.WriteMemory(3 << 15 | 0x3C, 1, 5);
        Read(3, 0x3C, 1).Should().Be(5);
        ecam.ReadMemory(3 << 15 | 0x100, 4).Should().Be(ulong.MaxValue, "there is no extended space");
        ecam.ReadMemory(3 << 15 | 1 << 12, 4).Should().Be(ulong.MaxValue, "there is but function 0");
        ecam.ReadMemory(5 << 15, 4).Should().Be(ulong.MaxValue);
        ecam.ReadMemory(3 << 15, 8).Should().Be(ulong.MaxValue);
        ecam.ReadMemory(3 << 15 | 2, 4).Should().Be(ulong.MaxValue, "that reaches over the register's end");
    }

    [Fact]
    public void Ports_are_passed_on_too()
    {
        Write(3, 0x14, 0xC040);
        Write(3, 4, 1, 2);
        _host.ReadPort(0xC044, 2).Should().Be(0x104);
        _host.WritePort(0xC05F, 1, 7);
        _adapter.Last.Should().Be((1, 0x1F, 1, 7));
        _host.ReadPort(0xC060, 1).Should().Be(uint.MaxValue);
    }

    [Fact]
    public void Reset_takes_back_what_the_guest_wrote()
    {
        Write(3, 0x10, (uint)PciWindows.MemoryStart);
        Write(3, 4, 7, 2);
        _host.Reset();
        Read(3, 0x10).Should().Be(0);
        Read(3, 4).Should().Be(0);
        Read(3, 0).Should().Be(0x1041_1AF4);
    }

    [Fact]
    public void A_place_is_taken_once()
    {
        _host.TryAdd(3, new Adapter()).Should().BeFalse();
        _host.TryAdd(0, new Adapter()).Should().BeFalse();
        _host.TryAdd(32, new Adapter()).Should().BeFalse();
        _host.TryAdd(-1, new Adapter()).Should().BeFalse();
    }

    [Fact]
    public void No_write_changes_an_identity()
    {
        var write = from register in Gen.Choose(0, 255) from size in Gen.Elements(1, 2, 4) from low in Gen.Choose(0, 0xFFFF) from high in Gen.Choose(0, 0xFFFF)
                    select (register, size, value: (uint)high << 16 | (uint)low);
        Prop.ForAll(write.ArrayOf().ToArbitrary(), writes =>
        {
            foreach (var (register, size, value) in writes) Write(3, register, value, size);
            Read(3, 0).Should().Be(0x1041_1AF4);
            Read(3, 8).Should().Be(0x0200_0001);
            Read(3, 0x2C).Should().Be(0x0001_1AF4);
            (Read(3, 0x10) & 0xFFF).Should().Be(0);
            (Read(3, 0x14) & 0x1F).Should().Be(1);
        }).QuickCheckThrowOnFailure();
    }
}
