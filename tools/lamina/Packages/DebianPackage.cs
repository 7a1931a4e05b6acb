using System.IO;

namespace Lamina.Cli.Packages;

/// <summary>A package of Debian's that a verb needs.</summary>
/// <param name="Name">The package.</param>
/// <param name="Why">What for, in a few words.</param>
/// <param name="Provides">A program in it, or a file by its full path, that shows whether it is installed.</param>
internal sealed record DebianPackage(string Name, string Why, string Provides)
{
    internal static readonly DebianPackage[] ForBuild =
    [
        new("nasm", "assembles the stubs", "nasm"),
        new("lld", "links the image", "lld-link"),
    ];

    internal static readonly DebianPackage[] ForQemu = [new("qemu-system-x86", "is the machine", "qemu-system-x86_64")];

    internal static readonly DebianPackage[] ForBochs =
    [
        new("bochs", "is the machine", "bochs"),
        new("bochsbios", "is the machine's BIOS", "/usr/share/bochs/BIOS-bochs-latest"),
        new("vgabios", "is its display adapter's BIOS", "/usr/share/bochs/VGABIOS-lgpl-latest"),
    ];

    internal static readonly DebianPackage[] ForUefi =
    [
        new("ovmf", "is the machine's UEFI firmware", "/usr/share/OVMF/OVMF_CODE.fd"),
        new("mtools", "makes the EFI system partition", "mcopy"),
    ];

    internal static readonly DebianPackage[] ForStick =
    [
        new("gdisk", "writes the stick's partition table", "sgdisk"),
        new("mtools", "makes the EFI system partition", "mcopy"),
    ];

    internal static readonly DebianPackage[] ForIso =
    [
        new("grub-common", "makes the boot ISO", "grub-mkrescue"),
        new("grub-pc-bin", "is the boot loader on it", "/usr/lib/grub/i386-pc/multiboot2.mod"),
        new("xorriso", "writes the ISO", "xorriso"),
        new("mtools", "is used by grub-mkrescue", "mformat"),
    ];

    internal static readonly DebianPackage[] ForGuest =
    [
        new("xz-utils", "unpacks the guest's kernel for PVH", "xz"),
        new("squashfs-tools", "packs the root images of guests", "mksquashfs"),
    ];

    private static readonly string[] Directories = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    /// <summary>Whether it is installed.</summary>
    internal bool IsInstalled => Path.IsPathRooted(Provides) ? File.Exists(Provides) : System.Array.Exists(Directories, directory => File.Exists(Path.Combine(directory, Provides)));
}
