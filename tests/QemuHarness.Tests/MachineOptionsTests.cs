using System;

namespace Lamina.QemuHarness.Tests;

public class MachineOptionsTests
{
    [Theory]
    [InlineData(Emulator.Qemu, CpuVendor.Intel, Accelerator.Tcg, "*has no VT-x*Bochs has it")]
    [InlineData(Emulator.Bochs, CpuVendor.Intel, Accelerator.Kvm, "*KVM goes with QEMU")]
    public void A_machine_that_cannot_be_is_refused(Emulator emulator, CpuVendor vendor, Accelerator accelerator, string said)
    {
        Action start = () => EmulatedMachine.Start(new MachineOptions { Image = "lamina.efi", Emulator = emulator, Vendor = vendor, Accelerator = accelerator });
        start.Should().Throw<HarnessException>().WithMessage(said);
    }

    [Theory]
    [InlineData(Emulator.Qemu, "log=debug debug-exit=0xf4 icount=1")]
    [InlineData(Emulator.Bochs, "log=debug debug-exit=0xe9 bochs-shutdown=1 icount=1")]
    public void The_image_is_told_how_to_end_the_emulator(Emulator emulator, string parameters) =>
        new MachineOptions { Image = "lamina.efi", Emulator = emulator, Parameters = "log=debug", InstructionCount = true }.AllParameters.Should().Be(parameters);
}
