namespace Lamina.QemuHarness.Tests;

public class QemuCommandLineTests
{
    /// <summary>What QEMU 7.2 does wrong with several CPUs at once, it does only where it is asked for them.</summary>
    [Theory]
    [InlineData(1, false, Accelerator.Tcg, "tcg")]
    [InlineData(1, true, Accelerator.Tcg, "tcg")]
    [InlineData(2, false, Accelerator.Tcg, "tcg,thread=single")]
    [InlineData(2, true, Accelerator.Tcg, "tcg")]
    [InlineData(2, false, Accelerator.Kvm, "kvm")]
    public void Several_CPUs_take_turns_unless_they_are_to_work_at_once(int cpus, bool atOnce, Accelerator accelerator, string argument) =>
        QemuCommandLine.Build(new MachineOptions { Image = "lamina.efi", Cpus = cpus, CpusAtOnce = atOnce, Accelerator = accelerator })
            .Should().ContainInOrder("-accel", argument, "-cpu");
}
