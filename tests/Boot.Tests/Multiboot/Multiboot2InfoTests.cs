using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Lamina.Host;
using Lamina.Host.Tests;

namespace Lamina.Boot.Tests;

public class Multiboot2InfoTests
{
    private const ulong Address = 0x1_0000;

    private static byte[] Tag(uint type, params byte[] body)
    {
        byte[] tag = new byte[(8 + body.Length + 7) & ~7];
        BinaryPrimitives.WriteUInt32LittleEndian(tag, type);
        BinaryPrimitives.WriteInt32LittleEndian(tag.AsSpan(4), 8 + body.Length);
        body.CopyTo(tag, 8);
        return tag;
    }

    private static byte[] Bytes(params ulong[] values) => values.SelectMany(BitConverter.GetBytes).ToArray();

    private static readonly byte[] Map = Tag(
        6, [24, 0, 0, 0, 0, 0, 0, 0, .. Bytes(0x10_0000, 0x700_0000, 1, 0xF_0000, 0x1_0000, 3)]);

    private static BootInfo Read(out bool good, params byte[][] tags)
    {
        IEnumerable<byte> all = tags.SelectMany(tag => tag).Concat(Tag(0));
        byte[] list = [.. new byte[8], .. all];
        BinaryPrimitives.WriteInt32LittleEndian(list, list.Length);
        var memory = new FakePhysicalBytes();
        memory.Add(Address, list);
        var info = new BootInfo();
        good = Multiboot2Info.TryRead(memory, Address, info);
        return info;
    }

    [Fact]
    public void AllTagsAreRead()
    {
        var info = Read(
            out bool good,
            Tag(1, Encoding.ASCII.GetBytes("log=debug\0")),
            Tag(3, [0, 0, 0x40, 0, 0x88, 0x13, 0x40, 0, .. "manifest\0"u8]),
            Map,
            Tag(8, [.. Bytes(0xFD00_0000), 0, 0x10, 0, 0, 0, 4, 0, 0, 0, 3, 0, 0, 32, 1, 0, 0, 16, 8, 8, 8, 0, 8]),
            Tag(14, [.. "RSD PTR "u8, .. new byte[12]]),
            Tag(15, [.. "RSD PTR "u8, .. new byte[28]]),
            Tag(99, 1, 2, 3));
        good.Should().BeTrue(info.Problem);
        info.Way.Should().Be(BootWay.Multiboot2);
        Encoding.ASCII.GetString(info.Parameters).Should().Be("log=debug");
        (info.File(0).Address, info.File(0).Length).Should().Be((0x40_0000UL, 0x1388UL));
        info.Framebuffer.Address.Should().Be(0xFD00_0000);
        info.Framebuffer.Height.Should().Be(768);
        info.Framebuffer.Format.Should().Be(PixelFormat.BlueGreenRed);
        info.AcpiRootPointer.Length.Should().Be(AcpiRoot.PointerSize, "the newer pointer wins");
        info.Memory.StrictestAt(0x10_0000).Should().Be(MemoryKind.Usable);
        info.Memory.StrictestAt(0xF_0000).Should().Be(MemoryKind.AcpiReclaimable);
    }

    [Fact]
    public void TheNewerPointerWinsInEitherOrder()
    {
        byte[] old = Tag(14, new byte[20]), newer = Tag(15, new byte[36]);
        Read(out _, old, newer, Map).AcpiRootPointer.Length.Should().Be(36);
        Read(out _, newer, old, Map).AcpiRootPointer.Length.Should().Be(36);
        Read(out _, old, Map).AcpiRootPointer.Length.Should().Be(20);
    }

    [Fact]
    public void WithoutAMemoryMapThereIsAProblem()
    {
        Read(out bool good).Problem.Should().Contain("memory map");
        good.Should().BeFalse();
    }

    [Fact]
    public void AnEmptyModuleTagIsRefused()
    {
        Read(out bool good, Map, Tag(3, 1, 2, 3)).Problem.Should().Contain("module");
        good.Should().BeFalse();
    }

    [Fact]
    public void AnyDamageIsReadWithoutAFault()
    {
        byte[] module = Tag(3, [0, 0, 0x40, 0, 0x88, 0x13, 0x40, 0]);
        byte[] framebuffer = Tag(8, new byte[24]);
        byte[] old = Tag(14, new byte[20]);
        byte[] whole = [.. new byte[8], .. Map, .. module, .. framebuffer, .. old, .. Tag(0)];
        Prop.ForAll(
            (from at in Gen.Choose(0, whole.Length - 1) from value in Gen.Choose(0, 255) select (at, (byte)value)).ArrayOf().ToArbitrary(),
            damage =>
            {
                byte[] list = (byte[])whole.Clone();
                BinaryPrimitives.WriteInt32LittleEndian(list, list.Length);
                foreach (var (at, value) in damage)
                    list[at] = value;
                var memory = new FakePhysicalBytes();
                memory.Add(Address, list);
                var info = new BootInfo();
                return Multiboot2Info.TryRead(memory, Address, info) ? info.Complete() : info.Problem.Length != 0;
            }).QuickCheckThrowOnFailure();
    }
}
