namespace Lamina.Core;

/// <summary>How a VM's kernel is loaded and entered. Zero is no protocol, so that an empty record is refused.</summary>
public enum BootProtocol : byte
{
    /// <summary>The 64-bit boot protocol of Linux's bzImage (Documentation/arch/x86/boot.rst, "64-bit Boot Protocol").</summary>
    Linux = 1,

    /// <summary>Xen's PVH entry: an ELF with XEN_ELFNOTE_PHYS32_ENTRY, entered in 32-bit protected mode (Xen docs/misc/pvh.pandoc).</summary>
    Pvh = 2,

    /// <summary>Multiboot Specification 0.6.96, the 32-bit entry of version 1.</summary>
    Multiboot = 3,
}
