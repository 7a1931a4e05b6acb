using System;
using System.Buffers.Binary;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;

namespace Lamina.QemuHarness;

/// <summary>
/// Makes a disk for a USB stick: a GPT (UEFI 2.10, 5) with one EFI system partition. The same contents give the same bytes: all identifiers come from them.
/// </summary>
public static class UsbStick
{
    /// <summary>Partitions begin and end at multiples of this: the erase blocks of flash memory are at most as large.</summary>
    private const long Alignment = 1L << 20;

    /// <summary>The type of an EFI system partition, by sgdisk's name for it.</summary>
    private const string SystemPartitionType = "EF00";

    /// <summary>Writes the disk.</summary>
    /// <param name="path">A file, which is made anew.</param>
    /// <param name="contents">What is to be on it.</param>
    /// <exception cref="HarnessException">A file or a tool is missing, or a tool failed.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Write(string path, BootContents contents)
    {
        long partition = RoundUp(SystemPartition.LengthFor(contents));
        byte[] digest = Digest(contents);
        // In front of the partition the table, behind it the table's copy.
        using (FileStream stream = File.Create(path))
            stream.SetLength(Alignment + partition + Alignment);
        long first = Alignment / SystemPartition.SectorSize, last = ((Alignment + partition) / SystemPartition.SectorSize) - 1;
        HostTool.Run("sgdisk",
        [
            "--clear", $"--disk-guid={Identifier(digest, "disk")}",
            $"--new=1:{first}:{last}", $"--typecode=1:{SystemPartitionType}", $"--partition-guid=1:{Identifier(digest, "partition")}", "--change-name=1:Lamina",
            path,
        ]);
        SystemPartition.Write(path, Alignment, partition, BinaryPrimitives.ReadUInt32LittleEndian(digest), contents);
    }

    private static long RoundUp(long length) => (length + Alignment - 1) / Alignment * Alignment;

    private static byte[] Digest(BootContents contents)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(contents.Parameters + "\n"));
        foreach (BootFile file in contents.Files.Prepend(new BootFile("", contents.Image)))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(file.Name + "\n"));
            using FileStream stream = File.OpenRead(file.Path);
            hash.AppendData(SHA256.HashData(stream));
        }

        return hash.GetHashAndReset();
    }

    /// <summary>A UUID of version 8 (RFC 9562, 5.8), whose bits are ours to choose but for version and variant.</summary>
    private static Guid Identifier(byte[] digest, string purpose)
    {
        Span<byte> bytes = SHA256.HashData([.. digest, .. Encoding.UTF8.GetBytes(purpose)]).AsSpan(0, 16);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
