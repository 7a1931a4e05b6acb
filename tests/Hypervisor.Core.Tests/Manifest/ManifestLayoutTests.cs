using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Lamina.Core;

namespace Lamina.Core.Tests.Manifest;

public class ManifestLayoutTests
{
    [Fact]
    public void Records_have_the_published_sizes()
    {
        Unsafe.SizeOf<ManifestHeader>().Should().Be(52);
        Unsafe.SizeOf<VmRecord>().Should().Be(88);
        Unsafe.SizeOf<FileRecord>().Should().Be(48);
        Unsafe.SizeOf<FileDigest>().Should().Be(FileDigest.Length).And.Be(32);
        Unsafe.SizeOf<ModuleRecord>().Should().Be(12);
        Unsafe.SizeOf<DiskRecord>().Should().Be(16);
        Unsafe.SizeOf<InterfaceRecord>().Should().Be(24);
        Unsafe.SizeOf<WireRecord>().Should().Be(28);
        Unsafe.SizeOf<WireEnd>().Should().Be(8);
        Unsafe.SizeOf<ManifestString>().Should().Be(8);
    }

    [Theory]
    [InlineData(nameof(ManifestHeader.Version), 8)]
    [InlineData(nameof(ManifestHeader.TotalLength), 12)]
    [InlineData(nameof(ManifestHeader.Checksum), ManifestHeader.ChecksumOffset)]
    [InlineData(nameof(ManifestHeader.VmCount), 20)]
    [InlineData(nameof(ManifestHeader.DiskCount), 32)]
    [InlineData(nameof(ManifestHeader.InterfaceCount), 36)]
    [InlineData(nameof(ManifestHeader.WireCount), 40)]
    [InlineData(nameof(ManifestHeader.StringLength), 44)]
    [InlineData(nameof(ManifestHeader.Reserved), 48)]
    public void Header_fields_lie_where_the_format_says(string field, int offset) =>
        Marshal.OffsetOf<ManifestHeader>(field).Should().Be(offset);

    [Theory]
    [InlineData(nameof(VmRecord.After), 8)]
    [InlineData(nameof(VmRecord.AllowedCpus), 16)]
    [InlineData(nameof(VmRecord.Name), 24)]
    [InlineData(nameof(VmRecord.CommandLine), 32)]
    [InlineData(nameof(VmRecord.VcpuCount), 40)]
    [InlineData(nameof(VmRecord.ModuleCount), 52)]
    [InlineData(nameof(VmRecord.FirstDisk), 56)]
    [InlineData(nameof(VmRecord.InterfaceCount), 68)]
    [InlineData(nameof(VmRecord.ReadyWithinMilliseconds), 72)]
    [InlineData(nameof(VmRecord.BackOffMilliseconds), 76)]
    [InlineData(nameof(VmRecord.Weight), 80)]
    [InlineData(nameof(VmRecord.CapPercent), 82)]
    [InlineData(nameof(VmRecord.Protocol), 83)]
    [InlineData(nameof(VmRecord.Restart), 85)]
    [InlineData(nameof(VmRecord.Rng), 87)]
    public void Vm_fields_lie_where_the_format_says(string field, int offset) =>
        Marshal.OffsetOf<VmRecord>(field).Should().Be(offset);

    [Fact]
    public void Fields_of_other_records_lie_where_the_format_says()
    {
        Marshal.OffsetOf<DiskRecord>(nameof(DiskRecord.File)).Should().Be(8);
        Marshal.OffsetOf<DiskRecord>(nameof(DiskRecord.Mode)).Should().Be(12);
        Marshal.OffsetOf<InterfaceRecord>(nameof(InterfaceRecord.Name)).Should().Be(8);
        Marshal.OffsetOf<InterfaceRecord>(nameof(InterfaceRecord.Wire)).Should().Be(16);
        Marshal.OffsetOf<InterfaceRecord>(nameof(InterfaceRecord.QueuePairs)).Should().Be(20);
        Marshal.OffsetOf<InterfaceRecord>(nameof(InterfaceRecord.Kind)).Should().Be(22);
        Marshal.OffsetOf<WireRecord>(nameof(WireRecord.Port)).Should().Be(8);
        Marshal.OffsetOf<WireRecord>(nameof(WireRecord.Plug)).Should().Be(16);
        Marshal.OffsetOf<WireRecord>(nameof(WireRecord.WhenFull)).Should().Be(24);
        Marshal.OffsetOf<WireEnd>(nameof(WireEnd.Interface)).Should().Be(4);
    }

    [Fact]
    public void A_digest_lies_where_its_offset_says()
    {
        var file = default(FileRecord);
        file.Digest[0] = 0xAB;
        MemoryMarshal.AsBytes(new ReadOnlySpan<FileRecord>(in file)).IndexOf((byte)0xAB).Should().Be((int)FileRecord.DigestOffset);
    }

    [Fact]
    public void Parts_follow_each_other()
    {
        var layout = new ManifestLayout(new ManifestHeader
        {
            VmCount = 2, FileCount = 3, ModuleCount = 4, DiskCount = 5, InterfaceCount = 6, WireCount = 7, StringLength = 8,
        });
        layout.Vm(0).Should().Be(52);
        layout.File(0).Should().Be(layout.Vm(2)).And.Be(52 + (2 * 88));
        layout.Module(0).Should().Be(layout.File(3)).And.Be(228 + (3 * 48));
        layout.Disk(0).Should().Be(layout.Module(4)).And.Be(372 + (4 * 12));
        layout.Interface(0).Should().Be(layout.Disk(5)).And.Be(420 + (5 * 16));
        layout.Wire(0).Should().Be(layout.Interface(6)).And.Be(500 + (6 * 24));
        layout.Strings.Should().Be(layout.Wire(7)).And.Be(644 + (7 * 28));
        layout.TotalLength.Should().Be(layout.Strings + 8);
    }

    [Fact]
    public void Crc_has_the_check_value_of_its_standard()
    {
        Crc32 crc = Crc32.Start();
        crc.Add("12345"u8);
        crc.Add("6789"u8);
        crc.Value.Should().Be(0xCBF43926u);
    }

    [Fact]
    public void Magic_is_readable() =>
        BitConverter.GetBytes(ManifestHeader.MagicValue).Should().Equal("LaminaVM"u8.ToArray());
}
