namespace Lamina.QemuHarness;

/// <summary>How the image gets into the machine.</summary>
public enum BootMethod
{
    /// <summary>Through UEFI (OVMF), from an EFI system partition.</summary>
    Uefi,

    /// <summary>By multiboot1: QEMU's own loader (<c>-kernel</c>); in Bochs, which has none, GRUB from an ISO.</summary>
    Multiboot,

    /// <summary>By GRUB and multiboot2, from an ISO, on a BIOS machine.</summary>
    Iso,

    /// <summary>Through UEFI (OVMF), from a USB stick with a GPT. QEMU alone has one.</summary>
    Usb,
}
