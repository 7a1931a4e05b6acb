using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Lamina.QemuHarness;

/// <summary>Makes what a machine boots from, in the machine's working directory.</summary>
internal static class BootMedium
{
    internal const string Image = "lamina.efi";
    internal const string Variables = "OVMF_VARS.fd";
    internal const string Partition = "esp.img";
    internal const string Stick = "stick.img";
    internal const string Iso = "boot.iso";

    private const string Folder = "lamina";

    /// <summary>Bochs takes disks of whole cylinders.</summary>
    internal const int CylinderLength = SystemPartition.Heads * SystemPartition.SectorsPerTrack * SystemPartition.SectorSize;

    internal static void Make(MachineOptions options, string directory)
    {
        if (!File.Exists(options.Image))
            throw new HarnessException($"there is no image at {options.Image}: it is built by 'build'");
        if (options.Boot == BootMethod.Uefi)
            MakeSystemPartition(options, directory);
        else if (options.Boot == BootMethod.Usb)
            MakeStick(options, directory);
        else if (options.Boot == BootMethod.Iso || options.Emulator == Emulator.Bochs)
            MakeIso(options, directory);
        else
            Gather(options, directory);
    }

    /// <summary>Links the image and its files into <paramref name="directory"/> under the names that they travel by.</summary>
    private static void Gather(MachineOptions options, string directory)
    {
        foreach (BootFile file in options.Files.Append(new BootFile(Image, options.Image)))
            File.CreateSymbolicLink(Path.Combine(directory, file.Name), Path.GetFullPath(file.Path));
    }

    private static void MakeSystemPartition(MachineOptions options, string directory)
    {
        TakeFirmware(options, directory);
        string partition = Path.Combine(directory, Partition);
        long length = (SystemPartition.LengthFor(options.Contents) + CylinderLength - 1) / CylinderLength * CylinderLength;
        using (FileStream stream = File.Create(partition))
            stream.SetLength(length);
        SystemPartition.Write(partition, 0, length, serial: 0, options.Contents);
    }

    private static void MakeStick(MachineOptions options, string directory)
    {
        TakeFirmware(options, directory);
        string stick = Path.Combine(directory, Stick);
        if (options.Stick is { } made)
            File.CreateSymbolicLink(stick, Path.GetFullPath(made));
        else
            UsbStick.Write(stick, options.Contents);
    }

    private static void TakeFirmware(MachineOptions options, string directory)
    {
        string firmware = options.Emulator == Emulator.Bochs ? BochsConfiguration.UefiFirmware : QemuCommandLine.FirmwareCode;
        if (!File.Exists(firmware))
            throw new HarnessException($"there is no UEFI firmware at {firmware}: it comes with Debian's package ovmf");
        File.Copy(QemuCommandLine.FirmwareVariables, Path.Combine(directory, Variables));
    }

    private static void MakeIso(MachineOptions options, string directory)
    {
        string root = Path.Combine(directory, "iso");
        string folder = Path.Combine(root, Folder);
        Directory.CreateDirectory(folder);
        Directory.CreateDirectory(Path.Combine(root, "boot", "grub"));
        foreach (BootFile file in options.Files.Append(new BootFile(Image, options.Image)))
            File.Copy(file.Path, Path.Combine(folder, file.Name));
        (string load, string module) = options.Boot == BootMethod.Multiboot ? ("multiboot", "module") : ("multiboot2", "module2");
        // GRUB unpacks what looks compressed, unless it is told that the file is wanted as it is.
        IEnumerable<string> modules = options.Files.Select(file => $"  {module} --nounzip /{Folder}/{file.Name} {file.Name}\n");
        File.WriteAllText(
            Path.Combine(root, "boot", "grub", "grub.cfg"),
            $"set timeout=0\nmenuentry Lamina {{\n  {load} /{Folder}/{Image} {options.AllParameters}\n{string.Concat(modules)}  boot\n}}\n");
        // The BIOS platform alone: it keeps the ISO small, and UEFI has a way of its own.
        HostTool.Run("grub-mkrescue", ["-d", "/usr/lib/grub/i386-pc", "-o", Path.Combine(directory, Iso), root]);
    }
}
