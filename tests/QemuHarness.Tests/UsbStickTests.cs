using System;
using System.IO;
using System.Linq;
using System.Text;

namespace Lamina.QemuHarness.Tests;

public sealed class UsbStickTests : IDisposable
{
    private const int SectorSize = 512;
    private const string PartitionAtOneMebibyte = "@@1M";
    private readonly string _directory = Directory.CreateTempSubdirectory("lamina-stick-").FullName;
    private readonly BootContents _contents;

    public UsbStickTests() => _contents = new BootContents(
        FileOf("image", "MZ"), "log=debug", [new BootFile("manifest.bin", FileOf("manifest", "manifest")), new BootFile("vmlinuz", FileOf("kernel", "kernel"))]);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Firmware_finds_all_that_Lamina_needs()
    {
        string stick = Write("stick", _contents);
        string partition = stick + PartitionAtOneMebibyte;
        Payload.Run("mdir", "-b", "-/", "-i", partition, "::").Split('\n').Should().Contain(
            ["::/EFI/BOOT/BOOTX64.EFI", "::/lamina/manifest.bin", "::/lamina/vmlinuz", "::/lamina/boot.conf"]);
        Payload.Run("mtype", "-i", partition, "::/EFI/BOOT/BOOTX64.EFI").Should().Be("MZ");
        Payload.Run("mtype", "-i", partition, "::/lamina/vmlinuz").Should().Be("kernel");
        Payload.Run("mtype", "-i", partition, "::/lamina/boot.conf").Should().Be("log=debug\n");
    }

    /// <summary>UEFI 2.10, 5.2.3 and 5.3.2: the protective MBR, the header in sector 1 and its copy in the last, both for the same partition.</summary>
    [Fact]
    public void The_partition_table_is_there_twice_and_whole()
    {
        string stick = Write("stick", _contents);
        Payload.Run("sgdisk", "--verify", stick).Should().Contain("No problems found");
        byte[] disk = File.ReadAllBytes(stick);
        disk[SectorSize - 2].Should().Be(0x55);
        disk[0x1BE + 4].Should().Be(0xEE, "the MBR says that a GPT protects the disk");
        Encoding.ASCII.GetString(disk, SectorSize, 8).Should().Be("EFI PART");
        Encoding.ASCII.GetString(disk, disk.Length - SectorSize, 8).Should().Be("EFI PART");
        Payload.Run("sgdisk", "--info=1", stick).Should().Contain("EFI system partition").And.Contain("First sector: 2048 ").And.Contain("'Lamina'");
    }

    [Fact]
    public void The_same_contents_give_the_same_bytes_and_others_other_identifiers()
    {
        byte[] first = File.ReadAllBytes(Write("first", _contents));
        File.ReadAllBytes(Write("second", _contents)).AsSpan().SequenceEqual(first).Should().BeTrue();
        byte[] other = File.ReadAllBytes(Write("other", _contents with { Parameters = "log=info" }));
        // UEFI 2.10, table 5-5: the disk's GUID in the header.
        Guid Disk(byte[] disk) => new(disk.AsSpan(SectorSize + 56, 16));
        Disk(other).Should().NotBe(Disk(first));
        Disk(first).Version.Should().Be(8);
    }

    [Fact]
    public void It_is_as_long_as_its_files_need()
    {
        string large = Path.Combine(_directory, "large");
        using (FileStream stream = File.Create(large))
            stream.SetLength(100L << 20);
        string stick = Write("stick", _contents with { Files = [.. _contents.Files, new BootFile("root.img", large)] });
        new FileInfo(stick).Length.Should().BeInRange(100L << 20, 120L << 20);
        Payload.Run("mdir", "-i", stick + PartitionAtOneMebibyte, "::/lamina/root.img").Should().Contain("104857600");
    }

    [Fact]
    public void A_file_that_is_missing_is_named()
    {
        Action write = () => Write("stick", _contents with { Files = [new BootFile("vmlinuz", "nowhere")] });
        write.Should().Throw<HarnessException>().WithMessage("*nowhere*");
    }

    private string FileOf(string name, string text)
    {
        string path = Path.Combine(_directory, name);
        File.WriteAllText(path, text);
        return path;
    }

    private string Write(string name, BootContents contents)
    {
        string path = Path.Combine(_directory, name);
        UsbStick.Write(path, contents);
        return path;
    }
}
