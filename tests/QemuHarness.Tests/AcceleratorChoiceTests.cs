using System;

namespace Lamina.QemuHarness.Tests;

public class AcceleratorChoiceTests
{
    [Theory]
    [InlineData("flags : fpu vme", "Y", true, Accelerator.Tcg, "neither vmx nor svm")]
    [InlineData("", "Y", true, Accelerator.Tcg, "neither vmx nor svm")]
    [InlineData("vendor_id : svm\nflags : svmx", "Y", true, Accelerator.Tcg, "neither vmx nor svm")]
    [InlineData("flags : fpu vmx", null, true, Accelerator.Tcg, "kvm_intel is not loaded")]
    [InlineData("flags : fpu svm", "0", true, Accelerator.Tcg, "off in kvm_amd")]
    [InlineData("flags : fpu vmx", "N", true, Accelerator.Tcg, "off in kvm_intel")]
    [InlineData("flags : fpu svm", "1", false, Accelerator.Tcg, "/dev/kvm may not be opened")]
    [InlineData("flags : fpu svm", "1", true, Accelerator.Kvm, "shows svm and kvm_amd has nested")]
    [InlineData("processor : 0\nflags : vmx fpu\n", "Y", true, Accelerator.Kvm, "shows vmx and kvm_intel has nested")]
    public void Kvm_is_taken_only_where_it_can_run_a_hypervisor(string cpuInfo, string? nested, bool mayOpen, Accelerator expected, string reason)
    {
        AcceleratorChoice choice = AcceleratorChoice.Choose(cpuInfo, _ => nested, () => mayOpen);
        choice.Accelerator.Should().Be(expected);
        choice.Reason.Should().Contain(reason);
    }
}
