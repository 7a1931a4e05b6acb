using System.Globalization;
using System.IO;
using System.Linq;

namespace Lamina.QemuHarness;

/// <summary>
/// Writes the EFI system partition that Lamina boots from: FAT32, by mtools, so that nobody needs to be root. The same contents give the same bytes.
/// </summary>
internal static class SystemPartition
{
    internal const int SectorSize = 512;

    /// <summary>A disk's geometry as FAT and Bochs are told it.</summary>
    internal const int Heads = 16;
    internal const int SectorsPerTrack = 63;

    private const string ParameterFile = "boot.conf";
    private const string Folder = "lamina";

    /// <summary>FAT32 has at least 65,525 clusters; this many bytes have more of them by mformat's choice of a cluster.</summary>
    private const long LeastLength = 64L << 20;

    /// <summary>Room for what FAT itself needs: the rounding up of each file, and its two tables, of 4 bytes for each cluster of 512 or more.</summary>
    private const long Slack = 8L << 20;
    private const long ClusterBytesPerTableByte = SectorSize / (2 * 4);

    /// <summary>FAT keeps a file's length in 32 bits.</summary>
    private const long MostFileLength = uint.MaxValue;

    /// <summary>The least length of a partition with <paramref name="contents"/>, in bytes.</summary>
    /// <exception cref="HarnessException">A file is missing or too long.</exception>
    internal static long LengthFor(BootContents contents)
    {
        long sum = 0;
        foreach (string path in contents.Files.Select(file => file.Path).Append(contents.Image))
        {
            var file = new FileInfo(path);
            if (!file.Exists)
                throw new HarnessException($"there is no file {path}, which is to be on the EFI system partition");
            if (file.Length > MostFileLength)
                throw new HarnessException($"{path} has {file.Length} bytes: FAT32 holds no file over 4 GiB");
            sum += file.Length;
        }

        return System.Math.Max(LeastLength, sum + (sum / ClusterBytesPerTableByte) + Slack);
    }

    /// <summary>Formats a part of a file and fills it.</summary>
    /// <param name="disk">The file, which is as long as it has to be.</param>
    /// <param name="offset">Where in it the partition begins, in bytes.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <param name="serial">The volume's serial number.</param>
    /// <param name="contents">What is to be in it.</param>
    /// <exception cref="HarnessException">A tool is missing or failed.</exception>
    internal static void Write(string disk, long offset, long length, uint serial, BootContents contents)
    {
        string partition = $"{disk}@@{offset}";
        HostTool.Run("mformat",
        [
            "-i", partition, "-F", "-T", $"{length / SectorSize}", "-H", $"{offset / SectorSize}", "-h", $"{Heads}", "-s", $"{SectorsPerTrack}",
            "-N", serial.ToString("x8", CultureInfo.InvariantCulture), "-v", "LAMINA", "::",
        ]);
        HostTool.Run("mmd", ["-i", partition, "::/EFI", "::/EFI/BOOT", $"::/{Folder}"]);
        HostTool.Run("mcopy", ["-i", partition, contents.Image, "::/EFI/BOOT/BOOTX64.EFI"]);
        foreach (BootFile file in contents.Files)
            HostTool.Run("mcopy", ["-i", partition, file.Path, $"::/{Folder}/{file.Name}"]);
        HostTool.Run("mcopy", ["-i", partition, "-", $"::/{Folder}/{ParameterFile}"], contents.Parameters + "\n");
    }
}
