using System;
using System.Collections.Generic;
using Lamina.Cli.Packages;
using Lamina.QemuHarness;

namespace Lamina.Cli.Running;

/// <summary>Which machine <c>run</c> starts, from what the user asked for and left open.</summary>
/// <param name="Emulator">The program that is the machine.</param>
/// <param name="Vendor">Whose CPU it has.</param>
/// <param name="Accelerator">What executes its instructions.</param>
/// <param name="Boot">The way in.</param>
/// <param name="Reason">What it is and why, for the person at the terminal.</param>
internal sealed record MachineChoice(Emulator Emulator, CpuVendor Vendor, Accelerator Accelerator, BootMethod Boot, string Reason)
{
    /// <summary>Debian's packages that it needs.</summary>
    internal IEnumerable<DebianPackage> Packages =>
    [
        .. Emulator == Emulator.Bochs ? DebianPackage.ForBochs : DebianPackage.ForQemu,
        .. Boot switch
        {
            BootMethod.Uefi => DebianPackage.ForUefi,
            BootMethod.Usb => [.. DebianPackage.ForUefi, .. DebianPackage.ForStick],
            BootMethod.Multiboot when Emulator == Emulator.Qemu => [],
            _ => DebianPackage.ForIso,
        },
    ];

    /// <summary>Chooses. Each option is null where the user did not say; what does not go together was refused before.</summary>
    /// <param name="cpu">amd or intel.</param>
    /// <param name="emulator">qemu or bochs.</param>
    /// <param name="accelerator">auto, tcg or kvm.</param>
    /// <param name="boot">uefi, multiboot or iso.</param>
    /// <param name="isCounted">Whether time is to be counted in instructions.</param>
    /// <param name="automatic">What this computer has.</param>
    internal static MachineChoice Make(string? cpu, string? emulator, string? accelerator, string? boot, bool isCounted, Func<AcceleratorChoice> automatic)
    {
        CpuVendor vendor = cpu == "intel" ? CpuVendor.Intel : CpuVendor.Amd;
        BootMethod? way = boot is null ? null : Enum.Parse<BootMethod>(boot, ignoreCase: true);
        if (emulator == "bochs" || (emulator is null && cpu == "intel" && accelerator != "kvm"))
        {
            string why = emulator is null ? "QEMU's emulation has no VT-x" : "--emulator asks for it";
            return new(Emulator.Bochs, vendor, Accelerator.Tcg, way ?? BootMethod.Iso, $"the machine is emulated by Bochs with {Name(vendor)} CPU: {why}");
        }

        AcceleratorChoice choice = accelerator switch
        {
            "tcg" => new(Accelerator.Tcg, "--accel asks for it"),
            "kvm" => new(Accelerator.Kvm, "--accel asks for it"),
            _ when isCounted => new(Accelerator.Tcg, "--icount needs it"),
            _ => automatic(),
        };
        if (cpu == "amd" && choice.Vendor == CpuVendor.Intel)
            choice = new(Accelerator.Tcg, "--cpu asks for an AMD CPU, and the host's is Intel's");
        string what = choice.Accelerator == Accelerator.Kvm ? "run by KVM" : "emulated (TCG)";
        return new(Emulator.Qemu, choice.Vendor ?? vendor, choice.Accelerator, way ?? BootMethod.Uefi, $"the machine is {what}: {choice.Reason}");
    }

    private static string Name(CpuVendor vendor) => vendor == CpuVendor.Intel ? "an Intel" : "an AMD";
}
