namespace Lamina.Boot;

/// <summary>The way the image came into the machine.</summary>
public enum BootWay
{
    /// <summary>A UEFI application, started by firmware.</summary>
    Uefi,

    /// <summary>Multiboot version 1 (qemu -kernel, GRUB's <c>multiboot</c>).</summary>
    Multiboot1,

    /// <summary>Multiboot version 2 (GRUB's <c>multiboot2</c>).</summary>
    Multiboot2,
}
