using System;
using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using Lamina.Core;

namespace Lamina.Host.Tests;

public class ImageHeaderTests
{
    /// <summary>The headers of a PE32+ image with three sections.</summary>
    internal static byte[] Headers(uint functionTable = 0, uint functionTableLength = 0)
    {
        byte[] bytes = new byte[ImageHeader.Size];
        const int pe = 0x80;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(0x3C), pe);
        Span<byte> header = bytes.AsSpan(pe);
        "PE\0\0"u8.CopyTo(header);
        header[6] = 3;
        header[20] = 240;
        BinaryPrimitives.WriteUInt32LittleEndian(header[(24 + 56)..], 0x3456);
        BinaryPrimitives.WriteUInt32LittleEndian(header[(24 + 112 + (3 * 8))..], functionTable);
        BinaryPrimitives.WriteUInt32LittleEndian(header[(24 + 112 + (3 * 8) + 4)..], functionTableLength);
        Section(header[264..], ".text", 0x1000, 0x800, 0x6000_0020);
        Section(header[304..], ".rdata", 0x2000, 0x1001, 0x4000_0040);
        Section(header[344..], ".data", 0x4000, 0x10, 0xC000_0040);
        return bytes;
    }

    private static void Section(Span<byte> at, string name, uint start, uint length, uint flags)
    {
        System.Text.Encoding.ASCII.GetBytes(name, at);
        BinaryPrimitives.WriteUInt32LittleEndian(at[8..], length);
        BinaryPrimitives.WriteUInt32LittleEndian(at[12..], start);
        BinaryPrimitives.WriteUInt32LittleEndian(at[36..], flags);
    }

    [Fact]
    public void SectionsSayWhatMayBeDoneWithThem()
    {
        ImageHeader.TryOpen(Headers(0x2100, 24), out var header).Should().BeTrue();
        header.ImageLength.Should().Be(0x4000);
        header.SectionCount.Should().Be(3);
        header.FunctionTable.Should().Be(0x2100);
        header.FunctionTableLength.Should().Be(24);
        header.Section(0).Access.Should().Be(MemoryAccess.Read | MemoryAccess.Execute);
        header.Section(1).Access.Should().Be(MemoryAccess.Read);
        header.Section(1).Length.Should().Be(0x1001);
        header.Section(2).Access.Should().Be(MemoryAccess.ReadWrite);
    }

    [Fact]
    public void AnyBytesAreRefusedOrReadWithoutAFault() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>(),
        Gen.Choose(0, ImageHeader.Size).ToArbitrary(),
        (noise, at) =>
        {
            byte[] bytes = Headers();
            for (int i = 0; i < noise.Length && at + i < bytes.Length; i++)
                bytes[at + i] = noise[i];
            if (!ImageHeader.TryOpen(bytes, out var header))
                return;
            for (int i = 0; i < header.SectionCount; i++)
                _ = header.Section(i).Access;
        }).QuickCheckThrowOnFailure();
}
