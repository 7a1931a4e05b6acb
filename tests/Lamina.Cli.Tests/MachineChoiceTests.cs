using System.Linq;
using Lamina.Cli.Running;
using Lamina.QemuHarness;

namespace Lamina.Cli.Tests;

public class MachineChoiceTests
{
    private static readonly AcceleratorChoice Emulation = new(Accelerator.Tcg, "the host has nothing");
    private static readonly AcceleratorChoice OnAmd = new(Accelerator.Kvm, "the host is AMD's", CpuVendor.Amd);
    private static readonly AcceleratorChoice OnIntel = new(Accelerator.Kvm, "the host is Intel's", CpuVendor.Intel);

    [Theory]
    [InlineData(null, null, null, Emulator.Qemu, CpuVendor.Amd, BootMethod.Uefi)]
    [InlineData("amd", null, null, Emulator.Qemu, CpuVendor.Amd, BootMethod.Uefi)]
    [InlineData("intel", null, null, Emulator.Bochs, CpuVendor.Intel, BootMethod.Iso)]
    [InlineData("intel", "bochs", null, Emulator.Bochs, CpuVendor.Intel, BootMethod.Iso)]
    [InlineData("amd", "bochs", null, Emulator.Bochs, CpuVendor.Amd, BootMethod.Iso)]
    [InlineData(null, "bochs", null, Emulator.Bochs, CpuVendor.Amd, BootMethod.Iso)]
    [InlineData("intel", null, "uefi", Emulator.Bochs, CpuVendor.Intel, BootMethod.Uefi)]
    [InlineData(null, "qemu", "multiboot", Emulator.Qemu, CpuVendor.Amd, BootMethod.Multiboot)]
    internal void Intel_is_Bochs_and_all_else_QEMU_unless_asked_for(
        string? cpu, string? emulator, string? boot, Emulator expected, CpuVendor vendor, BootMethod way)
    {
        MachineChoice choice = MachineChoice.Make(cpu, emulator, null, boot, isCounted: false, () => Emulation);
        (choice.Emulator, choice.Vendor, choice.Boot, choice.Accelerator).Should().Be((expected, vendor, way, Accelerator.Tcg));
    }

    [Fact]
    public void KVM_gives_the_hosts_CPU_unless_another_is_asked_for()
    {
        Choose(null, OnIntel).Should().Be((Emulator.Qemu, CpuVendor.Intel, Accelerator.Kvm));
        Choose("amd", OnAmd).Should().Be((Emulator.Qemu, CpuVendor.Amd, Accelerator.Kvm));
        Choose("amd", OnIntel).Should().Be((Emulator.Qemu, CpuVendor.Amd, Accelerator.Tcg));
        Choose("intel", OnIntel).Should().Be((Emulator.Bochs, CpuVendor.Intel, Accelerator.Tcg));
        Choose("intel", OnIntel, "kvm").Should().Be((Emulator.Qemu, CpuVendor.Intel, Accelerator.Kvm));
        Choose(null, OnIntel, "tcg").Should().Be((Emulator.Qemu, CpuVendor.Amd, Accelerator.Tcg));
    }

    [Theory]
    [InlineData("qemu", "uefi", "qemu-system-x86 ovmf mtools")]
    [InlineData("qemu", "multiboot", "qemu-system-x86")]
    [InlineData("bochs", "uefi", "bochs bochsbios vgabios ovmf mtools")]
    [InlineData("bochs", "multiboot", "bochs bochsbios vgabios grub-common grub-pc-bin xorriso mtools")]
    public void What_it_needs_is_asked_for(string emulator, string boot, string packages) =>
        string.Join(' ', MachineChoice.Make(null, emulator, null, boot, isCounted: false, () => Emulation).Packages.Select(package => package.Name)).Should().Be(packages);

    private static (Emulator Emulator, CpuVendor Vendor, Accelerator Accelerator) Choose(string? cpu, AcceleratorChoice host, string? accelerator = null)
    {
        MachineChoice choice = MachineChoice.Make(cpu, null, accelerator, null, isCounted: false, () => host);
        return (choice.Emulator, choice.Vendor, choice.Accelerator);
    }
}
