using System;

namespace Lamina.QemuHarness.Tests;

public class MachineOptionsTests
{
    [Theory]
    [InlineData(Emulator.Qemu, CpuVendor.Intel, Accelerator.Tcg, 512, "*has no VT-x*Bochs has it")]
    [InlineData(Emulator.Bochs, CpuVendor.Intel, Accelerator.Kvm, 512, "*KVM goes with QEMU")]
    [InlineData(Emulator.Bochs, CpuVendor.Amd, Accelerator.Tcg, 3073, "*more than 3072 MiB*3073 are wanted")]
    public void A_machine_that_cannot_be_is_refused(Emulator emulator, CpuVendor vendor, Accelerator accelerator, int memory, string said)
    {
        Action start = () => EmulatedMachine.Start(
            new MachineOptions { Image = "lamina.efi", Emulator = emulator, Vendor = vendor, Accelerator = accelerator, MemoryMebibytes = memory });
        start.Should().Throw<HarnessException>().WithMessage(said);
    }

    [Fact]
    public void Bochs_has_no_stick()
    {
        Action start = () => EmulatedMachine.Start(new MachineOptions { Image = "lamina.efi", Emulator = Emulator.Bochs, Boot = BootMethod.Usb });
        start.Should().Throw<HarnessException>().WithMessage("*no USB stick*");
    }

    [Theory]
    [InlineData(Emulator.Qemu, "log=debug debug-exit=0xf4 offer-interrupts=1")]
    [InlineData(Emulator.Bochs, "log=debug debug-exit=0xe9 bochs-shutdown=1")]
    public void The_image_is_told_how_to_end_the_emulator(Emulator emulator, string parameters) =>
        new MachineOptions { Image = "lamina.efi", Emulator = emulator, Parameters = "log=debug", InstructionCount = true }.AllParameters.Should().Be(parameters);

    [Theory]
    [InlineData(2, false, "debug-exit=0xf4 offer-interrupts=1")]
    [InlineData(2, true, "debug-exit=0xf4")]
    [InlineData(1, false, "debug-exit=0xf4")]
    public void It_is_told_how_QEMU_wants_interrupts_where_CPUs_take_turns(int cpus, bool atOnce, string parameters) =>
        new MachineOptions { Image = "lamina.efi", Cpus = cpus, CpusAtOnce = atOnce }.AllParameters.Should().Be(parameters);

    [Theory]
    [InlineData(CpuVendor.Intel, false, "debug-exit=0xe9 bochs-shutdown=1 virtual-interrupts=0")]
    [InlineData(CpuVendor.Intel, true, "debug-exit=0xe9 bochs-shutdown=1")]
    [InlineData(CpuVendor.Amd, false, "debug-exit=0xe9 bochs-shutdown=1")]
    public void Bochs_VTx_delivers_no_interrupts_unless_it_may(CpuVendor vendor, bool may, string parameters) =>
        new MachineOptions { Image = "lamina.efi", Emulator = Emulator.Bochs, Vendor = vendor, VirtualInterrupts = may }.AllParameters.Should().Be(parameters);
}
