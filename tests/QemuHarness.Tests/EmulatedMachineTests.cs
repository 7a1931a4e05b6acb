using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;

namespace Lamina.QemuHarness.Tests;

public class EmulatedMachineTests(Payload payload) : IClassFixture<Payload>
{
    private const string Ready = "[lamina] payload is ready";
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    [Theory]
    [InlineData(Emulator.Qemu, BootMethod.Uefi)]
    [InlineData(Emulator.Qemu, BootMethod.Usb)]
    [InlineData(Emulator.Qemu, BootMethod.Multiboot)]
    [InlineData(Emulator.Qemu, BootMethod.Iso)]
    [InlineData(Emulator.Bochs, BootMethod.Multiboot)]
    [InlineData(Emulator.Bochs, BootMethod.Iso)]
    public async Task Each_way_in_reaches_the_image(Emulator emulator, BootMethod boot)
    {
        using var machine = EmulatedMachine.Start(payload.Machine(boot) with { Emulator = emulator });
        await machine.WaitForAsync(Ready, Deadline);
        machine.Send("s");
        (await machine.WaitForEndAsync(Deadline)).Should().Be(MachineEnd.PoweredOff);
        machine.Log.Split('\n').Should().OnlyContain(
            line => line.Length == 0 || line.StartsWith("[firmware] ") || line.StartsWith(Ready) || line.StartsWith("vm| waiting> "));
    }

    [Theory]
    [InlineData(Emulator.Qemu, "p", MachineEnd.PoweredOff)]
    [InlineData(Emulator.Qemu, "r", MachineEnd.Reset)]
    [InlineData(Emulator.Qemu, "t", MachineEnd.Reset)]
    [InlineData(Emulator.Qemu, "s", MachineEnd.PoweredOff)]
    [InlineData(Emulator.Qemu, "f", MachineEnd.DebugExit)]
    [InlineData(Emulator.Bochs, "p", MachineEnd.PoweredOff)]
    [InlineData(Emulator.Bochs, "r", MachineEnd.Reset)]
    [InlineData(Emulator.Bochs, "t", MachineEnd.Reset)]
    [InlineData(Emulator.Bochs, "s", MachineEnd.PoweredOff)]
    [InlineData(Emulator.Bochs, "f", MachineEnd.DebugExit)]
    public async Task The_end_is_told_as_what_it_was(Emulator emulator, string command, MachineEnd expected)
    {
        using var machine = EmulatedMachine.Start(payload.Machine(BootMethod.Multiboot) with { Emulator = emulator });
        int ready = await machine.WaitForAsync("waiting> ", Deadline);
        machine.Send("xy" + command);
        await machine.WaitForAsync("xy" + command, Deadline, from: ready);
        (await machine.WaitForEndAsync(Deadline)).Should().Be(expected);
        machine.DebugExitValue.Should().Be(command switch { "s" => 0x10, "f" => 0x11, _ => null });
    }

    [Fact]
    public async Task All_that_is_printed_is_passed_on_and_logged()
    {
        string seen = "";
        using var machine = EmulatedMachine.Start(payload.Machine(BootMethod.Multiboot), text => seen += text);
        await machine.WaitForAsync("waiting> ", Deadline);
        machine.Send("as");
        await machine.WaitForEndAsync(Deadline);
        seen.Should().Be(machine.Log).And.EndWith("[lamina] payload is ready\r\nvm| waiting> as");
    }

    [Fact]
    public async Task Two_machines_in_Bochs_are_apart()
    {
        MachineOptions options = payload.Machine(BootMethod.Iso) with { Emulator = Emulator.Bochs };
        using var first = EmulatedMachine.Start(options);
        using var second = EmulatedMachine.Start(options with { Vendor = CpuVendor.Intel });
        await first.WaitForAsync("waiting> ", Deadline);
        await second.WaitForAsync("waiting> ", Deadline);
        first.Send("as");
        second.Send("bf");
        (await first.WaitForEndAsync(Deadline)).Should().Be(MachineEnd.PoweredOff);
        (await second.WaitForEndAsync(Deadline)).Should().Be(MachineEnd.DebugExit);
        first.Log.Should().EndWith("waiting> as");
        second.Log.Should().EndWith("waiting> bf");
    }

    [Fact]
    public async Task Waiting_for_what_never_comes_ends_at_the_deadline_or_with_the_machine()
    {
        using var machine = EmulatedMachine.Start(payload.Machine(BootMethod.Multiboot));
        await machine.WaitForAsync(Ready, Deadline);
        Func<Task> late = () => machine.WaitForAsync("never", TimeSpan.FromMilliseconds(1));
        (await late.Should().ThrowAsync<HarnessException>()).WithMessage("*did not print 'never'*payload is ready*");
        Task waiting = machine.WaitForAsync("never", Deadline);
        machine.Stop();
        Func<Task> ended = () => waiting;
        (await ended.Should().ThrowAsync<HarnessException>()).WithMessage("*ended (Stopped) before it printed 'never'*");
    }

    [Fact]
    public async Task The_screen_is_saved_as_a_picture()
    {
        string picture = Path.GetTempFileName();
        using var machine = EmulatedMachine.Start(payload.Machine(BootMethod.Multiboot));
        await machine.WaitForAsync(Ready, Deadline);
        await machine.SaveScreenAsync(picture);
        File.ReadAllBytes(picture).Take(4).Should().Equal(0x89, (byte)'P', (byte)'N', (byte)'G');
        File.Delete(picture);
    }

    [Fact]
    public async Task The_deterministic_machine_starts()
    {
        using var machine = EmulatedMachine.Start(payload.Machine(BootMethod.Multiboot) with { InstructionCount = true, SerialToFile = true });
        await machine.WaitForAsync(Ready, Deadline);
        machine.Invoking(m => m.Send("typed")).Should().Throw<InvalidOperationException>();
        machine.Stop();
        (await machine.WaitForEndAsync(Deadline)).Should().Be(MachineEnd.Stopped);
    }

    [Fact]
    public void An_emulator_that_refuses_its_arguments_is_an_error_with_its_words()
    {
        Action start = () => EmulatedMachine.Start(payload.Machine(BootMethod.Multiboot) with { EmulatorArguments = ["-no-such-option"] });
        start.Should().Throw<HarnessException>().WithMessage("*no-such-option*");
    }

    [Fact]
    public void A_missing_image_is_an_error_that_names_it()
    {
        Action start = () => EmulatedMachine.Start(payload.Machine(BootMethod.Multiboot) with { Image = "none.efi" });
        start.Should().Throw<HarnessException>().WithMessage("*none.efi*");
    }

    [Fact]
    public void The_system_partition_holds_the_image_and_what_comes_with_it()
    {
        string directory = Directory.CreateTempSubdirectory("lamina-medium-").FullName;
        MachineOptions options = payload.Machine(BootMethod.Uefi) with { Parameters = "log=debug" };
        BootMedium.Make(options, directory);
        string partition = Path.Combine(directory, BootMedium.Partition);
        Payload.Run("mdir", "-b", "-/", "-i", partition, "::").Split('\n').Should().Contain(
            ["::/EFI/BOOT/BOOTX64.EFI", "::/lamina/manifest.bin", "::/lamina/vmlinuz", "::/lamina/boot.conf"]);
        Payload.Run("mtype", "-i", partition, "::/lamina/boot.conf").Should().Be("log=debug debug-exit=0xf4\n");
        Directory.Delete(directory, recursive: true);
    }
}
