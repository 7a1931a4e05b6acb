using System;
using System.IO;
using System.Linq;
using Lamina.Cli.Media;
using Lamina.QemuHarness;

namespace Lamina.Cli.Tests;

public sealed class StickTargetTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("lamina-target-test-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("", "*is a directory*lamina.img")]
    [InlineData("none/stick", "*there is no directory*none to write stick into")]
    public void What_cannot_be_written_is_refused_at_once(string path, string said) => IsRefused(Path.Combine(_directory, path), said);

    [Theory]
    [InlineData("", "*--usb needs a file*")]
    [InlineData("/dev/no-such-stick", "*is no disk of this computer*lsblk*")]
    public void What_is_no_file_is_refused_too(string path, string said) => IsRefused(path, said);

    /// <summary>On whatever disks this computer has; that there is none is no error of ours.</summary>
    [Fact]
    public void A_disk_of_this_computer_is_not_overwritten_unless_that_is_said()
    {
        string[] disks = Directory.Exists("/sys/class/block")
            ? [.. Directory.GetDirectories("/sys/class/block").Select(path => Path.Combine("/dev", Path.GetFileName(path))).Where(File.Exists)]
            : [];
        foreach (string disk in disks)
            IsRefused(disk, $"*{disk} is *");
    }

    [Fact]
    public void A_file_appears_when_it_is_whole_and_nothing_is_left_of_one_that_failed()
    {
        string image = Path.Combine(_directory, "image"), stick = Path.Combine(_directory, "stick");
        File.WriteAllText(image, "MZ");
        StickTarget target = StickTarget.Open(stick, force: false);
        target.IsDevice.Should().BeFalse();
        target.Warning.Should().BeNull();
        target.Write(new BootContents(image, "", []));
        File.Exists(stick).Should().BeTrue();
        File.WriteAllText(stick, "before");
        Action write = () => target.Write(new BootContents(image, "", [new BootFile("vmlinuz", "nowhere")]));
        write.Should().Throw<HarnessException>();
        File.ReadAllText(stick).Should().Be("before");
        Directory.GetFiles(_directory).Should().HaveCount(2);
    }

    private static void IsRefused(string path, string said)
    {
        Action open = () => StickTarget.Open(path, force: false);
        open.Should().Throw<CliException>().WithMessage(said).Which.ExitCode.Should().Be(ExitCode.Usage);
    }
}
