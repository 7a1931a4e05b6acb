using System;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Lamina.Cli.Media;

/// <summary>A disk of this computer, as Linux shows it in /sys/class/block and /proc/mounts.</summary>
/// <param name="Name">The kernel's name for it.</param>
internal sealed record BlockDevice(string Name)
{
    private const string Devices = "/sys/class/block";
    private const string Mounts = "/proc/mounts";

    /// <summary>sysfs counts in these, whatever the disk's own sectors are.</summary>
    private const long SectorSize = 512;

    /// <summary>Its length in bytes.</summary>
    internal long Length => long.Parse(Read("size"), CultureInfo.InvariantCulture) * SectorSize;

    /// <summary>What its maker calls it; empty where nobody says.</summary>
    internal string Model => File.Exists(Path.Combine(Devices, Name, "device", "model")) ? Read(Path.Combine("device", "model")) : "";

    /// <summary>Whether it is a partition, so a part of a disk.</summary>
    internal bool IsPartition => File.Exists(Path.Combine(Devices, Name, "partition"));

    /// <summary>Where it, or a partition of it, is mounted; null where it is not.</summary>
    internal string? MountPoint
    {
        get
        {
            string[] names = [Name, .. Directory.GetDirectories(Path.Combine(Devices, Name)).Select(Path.GetFileName).OfType<string>()];
            return File.ReadLines(Mounts).Select(line => line.Split(' ')).FirstOrDefault(words => names.Contains(words[0].Replace("/dev/", "")))?[1];
        }
    }

    /// <summary>The disk behind a path, by whatever links; null when it is none.</summary>
    internal static BlockDevice? Find(string path)
    {
        string full = Path.GetFullPath(path);
        string target = File.Exists(full) ? File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full : full;
        string name = Path.GetFileName(target);
        return target.StartsWith("/dev/", StringComparison.Ordinal) && Directory.Exists(Path.Combine(Devices, name)) ? new BlockDevice(name) : null;
    }

    private string Read(string attribute) => File.ReadAllText(Path.Combine(Devices, Name, attribute)).Trim();
}
