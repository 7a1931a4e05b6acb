using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;

namespace Lamina.Cli.Tests;

public class UsageTests
{
    [Theory]
    [InlineData("run --bogus", "'--bogus'")]
    [InlineData("run --boot efi", "'uefi'")]
    [InlineData("run --accel xen", "'kvm'")]
    [InlineData("run --cpus 0", "--cpus 0: a whole number from 1 to 255 is needed")]
    [InlineData("run --memory 1G", "--memory 1G: a whole number from 128 to 1048576 is needed")]
    [InlineData("run --timeout 0", "--timeout 0: a whole number from 1")]
    [InlineData("run --icount --cpus 2", "--icount is for one CPU")]
    [InlineData("run --icount --accel kvm", "--icount counts emulated instructions")]
    [InlineData("run --cpu via", "'intel'")]
    [InlineData("run --emulator xen", "'bochs'")]
    [InlineData("run --cpu intel --emulator qemu", "QEMU's emulation, which has no VT-x")]
    [InlineData("run --cpu intel --accel tcg", "QEMU's emulation, which has no VT-x")]
    [InlineData("run --emulator bochs --accel kvm", "--accel is for QEMU")]
    [InlineData("run --boot usb --emulator bochs", "--boot usb is for QEMU")]
    [InlineData("run --boot usb --cpu intel", "--boot usb is for QEMU")]
    [InlineData("image", "Option '--usb' is required")]
    [InlineData("run extra", "'extra'")]
    [InlineData("manifest", "Required command was not provided")]
    [InlineData("manifest check", "Required argument 'FILE' missing")]
    [InlineData("bogus", "'bogus'")]
    [InlineData("", "Required command was not provided")]
    public void Wrong_usage_is_said(string line, string said) =>
        Program.CreateCommand(new Terminal(), []).Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Errors
            .Select(error => error.Message).Should().Contain(message => message.Contains(said));

    [Theory]
    [InlineData("build")]
    [InlineData("clean")]
    [InlineData("test")]
    [InlineData("test --filter X")]
    [InlineData("test --all")]
    [InlineData("test --soak --filter X")]
    [InlineData("audit")]
    [InlineData("manifest check FILE")]
    [InlineData("run")]
    [InlineData("run --manifest F --boot iso --cpus 4 --memory 1024 --accel auto --headless --until TEXT --timeout 9 --log L")]
    [InlineData("run --boot multiboot --accel tcg --icount --cpus 1")]
    [InlineData("run --boot uefi --accel kvm")]
    [InlineData("run --boot usb --cpu intel --accel kvm")]
    [InlineData("image --usb F --manifest M --parameters log=debug --image I --force")]
    [InlineData("run --vm desktop --manifest F")]
    [InlineData("run --cpu intel")]
    [InlineData("run --cpu intel --emulator bochs --icount")]
    [InlineData("run --cpu intel --emulator qemu --accel kvm")]
    [InlineData("run --cpu amd --emulator bochs --accel auto")]
    public void All_that_is_promised_is_taken(string line) =>
        Program.CreateCommand(new Terminal(), []).Parse(line.Split(' ')).Errors.Should().BeEmpty();

    [Theory]
    [InlineData("run --bogus")]
    [InlineData("")]
    [InlineData("build -- -smp 2")]
    [InlineData("manifest check none.yaml")]
    public async Task Wrong_usage_is_2_and_plain_text_when_piped(string line)
    {
        CommandLine.Result result = await CommandLine.RunAsync("", line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        result.ExitCode.Should().Be(2);
        result.Output.Should().BeEmpty();
        result.Errors.Should().Contain("error: ").And.NotContain("\u001b");
    }

    [Fact]
    public async Task Help_is_0()
    {
        CommandLine.Result result = await CommandLine.RunAsync("", "run", "--help");
        result.ExitCode.Should().Be(0);
        result.Output.Should().Contain("--until <TEXT>").And.Contain("uefi|usb|multiboot|iso").And.Contain("--vm <NAME>");
    }

    [Fact]
    public async Task The_names_of_a_manifest_complete_an_option()
    {
        string directory = Directory.CreateTempSubdirectory("lamina-usage-test-").FullName;
        string manifest = Path.Combine(directory, "m.yaml");
        byte[] kernel = new byte[64];
        BitConverter.GetBytes(0x1BADB002).CopyTo(kernel, 0);
        BitConverter.GetBytes(1 << 16).CopyTo(kernel, 4);
        BitConverter.GetBytes(-(0x1BADB002 + (1 << 16))).CopyTo(kernel, 8);
        await File.WriteAllBytesAsync(Path.Combine(directory, "kernel"), kernel);
        await File.WriteAllTextAsync(manifest, "version: 1\nvms: [{ name: net, memory: 8M, boot: { protocol: multiboot, kernel: kernel } }, { name: apps, memory: 8M, boot: { protocol: multiboot, kernel: kernel } }]\n");
        Program.CreateCommand(new Terminal(), []).Parse($"run --manifest {manifest} --vm ").GetCompletions().Select(each => each.Label)
            .Should().Contain(["net", "apps"]);
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task A_good_manifest_is_0()
    {
        string file = Path.GetTempFileName();
        byte[] kernel = new byte[64];
        BitConverter.GetBytes(0x1BADB002).CopyTo(kernel, 0);
        BitConverter.GetBytes(1 << 16).CopyTo(kernel, 4);
        BitConverter.GetBytes(-(0x1BADB002 + (1 << 16))).CopyTo(kernel, 8);
        await File.WriteAllBytesAsync(file + ".elf", kernel);
        await File.WriteAllTextAsync(file, $"version: 1\nvms: [{{ name: vm, memory: 8M, boot: {{ protocol: multiboot, kernel: {file}.elf }} }}]\n");
        CommandLine.Result result = await CommandLine.RunAsync("", "manifest", "check", file);
        result.ExitCode.Should().Be(0, "{0}", result.Errors);
        result.Output.Should().StartWith($"{file}: no errors; VMs: 1, files: 1, compiled: ");
        File.Delete(file + ".elf");
        File.Delete(file);
    }
}
