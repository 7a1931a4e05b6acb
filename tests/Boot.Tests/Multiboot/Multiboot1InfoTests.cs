using System;
using System.Buffers.Binary;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Lamina.Host;
using Lamina.Host.Tests;

namespace Lamina.Boot.Tests;

public class Multiboot1InfoTests
{
    private const ulong InfoAddress = 0x9500;

    private static void Write(byte[] bytes, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), value);

    private static FakePhysicalBytes Machine(uint flags = (1 << 2) | (1 << 3) | (1 << 6) | (1 << 12))
    {
        var memory = new FakePhysicalBytes();
        byte[] info = memory.Add(InfoAddress, new byte[120]);
        Write(info, 0, flags);
        Write(info, 16, 0xA000);
        Write(info, 20, 2);
        Write(info, 24, 0xB000);
        Write(info, 44, 48);
        Write(info, 48, 0xC000);
        Write(info, 88, 0xE000_0000);
        Write(info, 96, 4096);
        Write(info, 100, 1024);
        Write(info, 104, 768);
        info[108] = 32;
        info[109] = 1;
        info[110] = 16;
        memory.Add(0xA000, Encoding.ASCII.GetBytes("lamina.efi log=debug\0more"));
        byte[] modules = memory.Add(0xB000, new byte[32]);
        Write(modules, 0, 0x40_0000);
        Write(modules, 4, 0x40_1388);
        Write(modules, 16, 0x50_0000);
        Write(modules, 20, 0x50_0000);
        byte[] map = memory.Add(0xC000, new byte[48]);
        Write(map, 0, 20);
        Write(map, 12, 0x9_F000);
        Write(map, 20, 1);
        Write(map, 24, 20);
        Write(map, 28, 0x10_0000);
        Write(map, 36, 0x700_0000);
        Write(map, 44, 1);
        return memory;
    }

    [Fact]
    public void AllIsRead()
    {
        var info = new BootInfo { ImageAddress = 0x20_0000, ImageLength = 0x10_0000 };
        Multiboot1Info.TryRead(Machine(), InfoAddress, info).Should().BeTrue(info.Problem);
        info.Way.Should().Be(BootWay.Multiboot1);
        Encoding.ASCII.GetString(info.Parameters).Should().Be("lamina.efi log=debug");
        info.FileCount.Should().Be(2);
        (info.File(0).Address, info.File(0).Length).Should().Be((0x40_0000UL, 0x1388UL));
        info.File(1).Length.Should().Be(0);
        info.Framebuffer.Format.Should().Be(PixelFormat.BlueGreenRed);
        info.Framebuffer.Width.Should().Be(1024);
        info.Complete().Should().BeTrue();
        info.Memory.StrictestAt(0x1000).Should().Be(MemoryKind.Usable);
        info.Memory.StrictestAt(0x20_0000).Should().Be(MemoryKind.BootLoaded, "the image is there");
        info.Memory.StrictestAt(0x40_1FFF).Should().Be(MemoryKind.BootLoaded, "a file is in that page");
        info.Memory.StrictestAt(0x40_2000).Should().Be(MemoryKind.Usable);
        info.Memory.StrictestAt(0xF_0000).Should().Be(MemoryKind.None);
    }

    [Fact]
    public void WithoutAMemoryMapThereIsAProblem()
    {
        var info = new BootInfo();
        Multiboot1Info.TryRead(Machine(flags: 0), InfoAddress, info).Should().BeFalse();
        info.Problem.Should().Contain("memory map");
    }

    [Theory]
    [InlineData(20, 65u, "more modules")]
    [InlineData(24, 0xDEAD_0000u, "module list is not in memory")]
    [InlineData(44, 0xFFFF_FFFFu, "memory map is not in memory")]
    [InlineData(48, 0xFFFF_FFF0u, "memory map is not in memory")]
    public void WrongFieldsAreSaid(int field, uint value, string problem)
    {
        var memory = Machine();
        Write(memory.Piece(InfoAddress), field, value);
        var info = new BootInfo();
        Multiboot1Info.TryRead(memory, InfoAddress, info).Should().BeFalse();
        info.Problem.Should().Contain(problem);
    }

    [Fact]
    public void AModuleMustBePageAlignedAndNotEndBeforeItBegins()
    {
        var memory = Machine();
        Write(memory.Piece(0xB000), 0, 0x40_0010);
        var info = new BootInfo();
        Multiboot1Info.TryRead(memory, InfoAddress, info).Should().BeFalse();
        info.Problem.Should().Contain("page-aligned");

        Write(memory.Piece(0xB000), 0, 0x41_0000);
        info = new BootInfo();
        Multiboot1Info.TryRead(memory, InfoAddress, info).Should().BeFalse();
        info.Problem.Should().Contain("before it begins");
    }

    [Fact]
    public void AnyDamageIsReadWithoutAFault()
    {
        var damage = from piece in Gen.Elements(InfoAddress, 0xA000UL, 0xB000UL, 0xC000UL)
                     from at in Gen.Choose(0, 119)
                     from value in Gen.Choose(0, 255)
                     select (piece, at, (byte)value);
        Prop.ForAll(damage.ArrayOf().ToArbitrary(), all =>
        {
            var memory = Machine();
            foreach (var (piece, at, value) in all)
                memory.Piece(piece)[at % memory.Piece(piece).Length] = value;
            var info = new BootInfo();
            return Multiboot1Info.TryRead(memory, InfoAddress, info) ? info.Complete() : info.Problem.Length != 0;
        }).QuickCheckThrowOnFailure();
    }
}
