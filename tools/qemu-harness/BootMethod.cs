namespace Lamina.QemuHarness;

/// <summary>How the image gets into the machine.</summary>
public enum BootMethod
{
    /// <summary>Through UEFI (OVMF), from an EFI system partition.</summary>
    Uefi,

    /// <summary>By QEMU's own multiboot1 loader: <c>-kernel</c>.</summary>
    Multiboot,

    /// <summary>By GRUB and multiboot2, from an ISO, on a BIOS machine.</summary>
    Iso,
}
