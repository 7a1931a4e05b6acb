using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Lamina.GuestBuilder;
using Lamina.Manifests;
using Lamina.QemuHarness;

namespace Lamina.SystemTests;

/// <summary>The stick that 'image --usb' makes, in a machine with UEFI that boots from USB; and that its screen says what the serial port does.</summary>
public sealed class StickTests : IDisposable
{
    private readonly TestBed _bed = new();

    public void Dispose() => _bed.Dispose();

    [Theory]
    [OnQemu]
    public async Task A_stick_boots_to_its_VM(Platform platform)
    {
        using var machine = Boot(platform, Make(Path.Combine(TestBed.SmallGuestDirectory, "cpuid.yaml"), out _));
        (await machine.WaitForEndAsync(TestBed.GuestDeadline)).Should().Be(MachineEnd.PoweredOff, machine.Log);
        machine.Log.Should().Contain("by UEFI").And.Contain("SHA-256 as the manifest says").And.Contain("cpuid| done").And.NotContain("FAIL");
    }

    [Theory]
    [OnQemu]
    public async Task A_stick_boots_Debian(Platform platform)
    {
        using var machine = Boot(platform, Make(Path.Combine(TestBed.Debian, DebianGuest.Manifest), out _));
        await machine.WaitForAsync("debian| ", TestBed.BootDeadline);
        machine.Log.Should().Contain("file vmlinuz: ");
    }

    /// <summary>One bit of a file, wherever it is: nothing of any VM is looked at.</summary>
    [Theory]
    [OnQemu]
    public async Task A_changed_byte_is_found_and_its_file_is_named_on_the_screen_too(Platform platform)
    {
        string stick = Make(Path.Combine(TestBed.SmallGuestDirectory, "cpuid.yaml"), out CompiledManifest manifest);
        byte[] disk = File.ReadAllBytes(stick), kernel = File.ReadAllBytes(manifest.Files[0].Path);
        int place = disk.AsSpan().IndexOf(kernel);
        place.Should().BePositive("the file is on the stick, in one piece");
        disk[place + kernel.Length - 1] ^= 1;
        File.WriteAllBytes(stick, disk);

        using var machine = Boot(platform, stick, hasDebugExit: false);
        string words = $"the file {manifest.Files[0].Name} is not what the manifest says";
        await machine.WaitForAsync("nothing is started", TestBed.GuestDeadline);
        machine.Log.Should().Contain(words).And.Contain("was the boot medium made whole, or changed?").And.NotContain("first guest instruction");
        (await ScreenAsync(machine)).Should().Contain(line => line.Contains($"[lamina] error: {words}"));
    }

    /// <summary>The person at a PC has no serial port to look at.</summary>
    [Theory]
    [OnQemu(BootMethod.Usb)]
    [OnQemu(BootMethod.Uefi)]
    public async Task What_the_machine_lacks_is_on_its_screen(Platform platform, BootMethod boot)
    {
        string stick = Make(Path.Combine(TestBed.SmallGuestDirectory, "cpuid.yaml"), out _);
        using var machine = boot == BootMethod.Usb
            ? Boot(platform, stick, hasDebugExit: false, cpu: "EPYC,-svm")
            : _bed.Start(
                platform, Path.Combine(TestBed.SmallGuestDirectory, "cpuid.yaml"),
                options => options with { Boot = boot, CpuModel = "EPYC,-svm", HasDebugExit = false });
        await machine.WaitForAsync("or an Intel CPU with VT-x and EPT", TestBed.GuestDeadline);
        string screen = string.Concat(await ScreenAsync(machine));
        screen.Should().Contain("error: this CPU has no AMD-V").And.Contain("Lamina needs an AMD CPU with AMD-V and nested paging");
    }

    [Theory]
    [OnQemu]
    public async Task A_stick_without_a_manifest_says_so_on_the_screen(Platform platform)
    {
        string stick = _bed.Write("stick.img", []);
        UsbStick.Write(stick, new BootContents(TestBed.Image, "", []));
        using var machine = Boot(platform, stick, hasDebugExit: false);
        await machine.WaitForAsync("manifest.bin on the device", TestBed.GuestDeadline);
        (await ScreenAsync(machine)).Should().Contain(line => line.Contains("error: there is no \\lamina\\manifest.bin"));
    }

    [Theory]
    [OnQemu]
    public async Task Without_a_framebuffer_firmwares_own_console_says_so(Platform platform)
    {
        string stick = _bed.Write("stick.img", []);
        UsbStick.Write(stick, new BootContents(TestBed.Image, "", []));
        using var machine = TestBed.Start(
            platform, [], options => options with { Boot = BootMethod.Usb, Stick = stick, HasDebugExit = false, EmulatorArguments = ["-vga", "none"] });
        await machine.WaitForAsync("error: there is no \\lamina\\manifest.bin", TestBed.GuestDeadline);
        machine.Log.Should().Contain("Lamina: there is no \\lamina\\manifest.bin");
    }

    private string Make(string manifestPath, out CompiledManifest manifest)
    {
        ManifestResult result = ManifestCompiler.Compile(manifestPath);
        result.Errors.Should().BeEmpty();
        manifest = result.Manifest!;
        string stick = _bed.Write("stick.img", []), compiled = _bed.Write("manifest.bin", manifest.Binary);
        UsbStick.Write(stick, new BootContents(
            TestBed.Image, "", [new BootFile("manifest.bin", compiled), .. manifest.Files.Select(file => new BootFile(file.Name, file.Path))]));
        return stick;
    }

    private static EmulatedMachine Boot(Platform platform, string stick, bool hasDebugExit = true, string? cpu = null) => TestBed.Start(
        platform, [], options => options with { Boot = BootMethod.Usb, Stick = stick, HasDebugExit = hasDebugExit, CpuModel = cpu });

    private async Task<string[]> ScreenAsync(EmulatedMachine machine)
    {
        string picture = _bed.Write("screen.ppm", []);
        await machine.SaveScreenAsync(picture);
        return ScreenText.Read(await File.ReadAllBytesAsync(picture));
    }
}
