namespace Lamina.QemuHarness;

/// <summary>What executes the machine's instructions.</summary>
public enum Accelerator
{
    /// <summary>QEMU's translator: AMD-V with nested paging on any computer.</summary>
    Tcg,

    /// <summary>The host's KVM, with nested virtualization.</summary>
    Kvm,
}
