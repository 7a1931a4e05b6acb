using System;
using System.Diagnostics;
using System.IO;

namespace Lamina.QemuHarness.Tests;

/// <summary>Assembles the payload, once for all tests.</summary>
public sealed class Payload : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("lamina-payload-").FullName;

    public Payload()
    {
        string source = Path.Combine(AppContext.BaseDirectory, "payload.asm");
        Run("nasm", "-f", "bin", "-o", Multiboot, source);
        string objectFile = Path.Combine(_directory, "payload.obj");
        Run("nasm", "-f", "win64", "-DEFI", "-o", objectFile, source);
        Run("lld-link", "/subsystem:efi_application", "/entry:EfiMain", "/nodefaultlib", $"/out:{Efi}", objectFile);
    }

    public string Multiboot => Path.Combine(_directory, "payload.bin");

    public string Efi => Path.Combine(_directory, "payload.efi");

    public MachineOptions Machine(BootMethod boot) => new()
    {
        Boot = boot,
        Image = boot is BootMethod.Uefi or BootMethod.Usb ? Efi : Multiboot,
        Files = [new BootFile("manifest.bin", Multiboot), new BootFile("vmlinuz", Multiboot)],
        MemoryMebibytes = 256,
    };

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    internal static string Run(string tool, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.Should().Be(0, "{0} {1} prints {2}", tool, string.Join(' ', arguments), output);
        return output;
    }
}
