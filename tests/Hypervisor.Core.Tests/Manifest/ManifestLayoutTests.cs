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
        Unsafe.SizeOf<ManifestHeader>().Should().Be(40);
        Unsafe.SizeOf<VmRecord>().Should().Be(48);
        Unsafe.SizeOf<FileRecord>().Should().Be(16);
        Unsafe.SizeOf<ModuleRecord>().Should().Be(12);
        Unsafe.SizeOf<ManifestString>().Should().Be(8);
    }

    [Theory]
    [InlineData(nameof(ManifestHeader.Version), 8)]
    [InlineData(nameof(ManifestHeader.TotalLength), 12)]
    [InlineData(nameof(ManifestHeader.Checksum), ManifestHeader.ChecksumOffset)]
    [InlineData(nameof(ManifestHeader.VmCount), 20)]
    [InlineData(nameof(ManifestHeader.Reserved), 36)]
    public void Header_fields_lie_where_the_format_says(string field, int offset) =>
        Marshal.OffsetOf<ManifestHeader>(field).Should().Be(offset);

    [Theory]
    [InlineData(nameof(VmRecord.Name), 8)]
    [InlineData(nameof(VmRecord.CommandLine), 16)]
    [InlineData(nameof(VmRecord.VcpuCount), 24)]
    [InlineData(nameof(VmRecord.ModuleCount), 36)]
    [InlineData(nameof(VmRecord.Protocol), 40)]
    [InlineData(nameof(VmRecord.Restart), 42)]
    [InlineData(nameof(VmRecord.Reserved1), 44)]
    public void Vm_fields_lie_where_the_format_says(string field, int offset) =>
        Marshal.OffsetOf<VmRecord>(field).Should().Be(offset);

    [Fact]
    public void Parts_follow_each_other()
    {
        var layout = new ManifestLayout(vmCount: 2, fileCount: 3, moduleCount: 4, stringLength: 5);
        layout.Vm(0).Should().Be(40);
        layout.File(0).Should().Be(layout.Vm(2)).And.Be(40 + (2 * 48));
        layout.Module(0).Should().Be(layout.File(3)).And.Be(136 + (3 * 16));
        layout.Strings.Should().Be(layout.Module(4)).And.Be(184 + (4 * 12));
        layout.TotalLength.Should().Be(layout.Strings + 5);
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
