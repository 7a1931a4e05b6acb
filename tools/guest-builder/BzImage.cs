using System;
using System.Buffers.Binary;
using System.IO;

namespace Lamina.GuestBuilder;

/// <summary>A compressed Linux kernel (Linux, Documentation/arch/x86/boot.rst), as far as taking the ELF kernel out of it needs.</summary>
public static class BzImage
{
    private const int SetupSectorsOffset = 0x1F1;
    private const int MagicOffset = 0x202;
    private const int VersionOffset = 0x206;
    private const int PayloadOffset = 0x248;
    private const int PayloadLength = 0x24C;
    private const int HeaderEnd = 0x250;
    private const uint Magic = 0x53726448;       // "HdrS"
    private const int PayloadVersion = 0x0208;   // payload_offset and payload_length came with 2.08
    private const int SectorSize = 512;
    private const int SizeTrailer = 4;           // the kernel's build puts the unpacked size behind the payload

    /// <summary>The uncompressed ELF kernel (with its PVH note, where the kernel has one) out of a bzImage.</summary>
    /// <exception cref="GuestBuildException">It is no bzImage, or its compression is not known here.</exception>
    public static byte[] ExtractElf(ReadOnlyMemory<byte> image)
    {
        ReadOnlySpan<byte> bytes = image.Span;
        if (bytes.Length < HeaderEnd || BinaryPrimitives.ReadUInt32LittleEndian(bytes[MagicOffset..]) != Magic)
            throw new GuestBuildException("not a Linux kernel: no 'HdrS' at offset 0x202.");
        if (BinaryPrimitives.ReadUInt16LittleEndian(bytes[VersionOffset..]) < PayloadVersion)
            throw new GuestBuildException("this kernel's boot protocol is older than 2.08 and does not say where its payload is.");
        long setup = (Math.Max(bytes[SetupSectorsOffset], (byte)1) + 1L) * SectorSize;
        long start = setup + BinaryPrimitives.ReadUInt32LittleEndian(bytes[PayloadOffset..]);
        long length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[PayloadLength..]);
        if (length < SizeTrailer || start + length > bytes.Length)
            throw new GuestBuildException($"the kernel's payload (offset {start}, {length} bytes) is not inside the file ({bytes.Length} bytes).");

        ReadOnlyMemory<byte> payload = image.Slice((int)start, (int)length - SizeTrailer);
        int unpacked = BinaryPrimitives.ReadInt32LittleEndian(bytes[(int)(start + length - SizeTrailer)..]);
        using var elf = new MemoryStream();
        HostTool.Pipe(Decompressor(payload.Span), ["-d", "-c"], payload, elf);
        if (elf.Length != unpacked)
            throw new GuestBuildException($"the kernel unpacked to {elf.Length} bytes where it says {unpacked}.");
        return elf.ToArray();
    }

    private static string Decompressor(ReadOnlySpan<byte> payload)
    {
        if (payload.StartsWith<byte>([0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0]))
            return "xz";
        if (payload.StartsWith<byte>([0x28, 0xB5, 0x2F, 0xFD]))
            return "zstd";
        if (payload.StartsWith<byte>([0x02, 0x21, 0x4C, 0x18]))
            return "lz4";
        if (payload.StartsWith<byte>([0x1F, 0x8B]))
            return "gzip";
        throw new GuestBuildException("the kernel's payload is compressed by none of xz, zstd, lz4, gzip.");
    }
}
