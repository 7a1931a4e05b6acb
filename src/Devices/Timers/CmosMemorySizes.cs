using System;
using System.Buffers.Binary;
using Lamina.Core;

namespace Lamina.Devices;

/// <summary>The bytes in which a PC's firmware leaves how much memory it found (IBM AT technical reference; those above 0x33 as PC emulators have them).</summary>
internal static class CmosMemorySizes
{
    private const ulong Kibibyte = 1 << 10;
    private const ulong Mebibyte = 1 << 20;
    private const ulong FourGibibytes = 1UL << 32;
    private const ulong Chunk = 64 * Kibibyte;
    private const ulong BaseMemory = 640 * Kibibyte;
    private const byte Coprocessor = 1 << 1;
    private const int ChecksumStart = 0x10;

    /// <summary>Writes them all, and their checksum.</summary>
    public static void Write(Span<byte> bytes, GuestMemory memory)
    {
        bytes[(byte)CmosRegister.Equipment] = Coprocessor;
        WriteWord(bytes, CmosRegister.BaseMemoryLow, BaseMemory / Kibibyte);
        ulong extended = Between(memory, Mebibyte, FourGibibytes) / Kibibyte;
        WriteWord(bytes, CmosRegister.ExtendedMemoryLow, extended);
        WriteWord(bytes, CmosRegister.FoundMemoryLow, extended);
        WriteWord(bytes, CmosRegister.MemoryAbove16MLow, Between(memory, 16 * Mebibyte, FourGibibytes) / Chunk);
        ulong above4G = Between(memory, FourGibibytes, ulong.MaxValue) / Chunk;
        WriteWord(bytes, CmosRegister.MemoryAbove4GLow, above4G & ushort.MaxValue);
        bytes[(byte)CmosRegister.MemoryAbove4GLow + sizeof(ushort)] = (byte)(above4G >> 16);

        ushort sum = 0;
        for (int i = ChecksumStart; i < (int)CmosRegister.ChecksumHigh; i++) sum += bytes[i];
        BinaryPrimitives.WriteUInt16BigEndian(bytes[(byte)CmosRegister.ChecksumHigh..], sum);
    }

    /// <summary>What does not fit is shown as the most that does.</summary>
    private static void WriteWord(Span<byte> bytes, CmosRegister low, ulong value) =>
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[(byte)low..], (ushort)Math.Min(value, ushort.MaxValue));

    private static ulong Between(GuestMemory memory, ulong start, ulong end)
    {
        ulong total = 0;
        foreach (var region in memory.Regions)
        {
            ulong from = Math.Max(region.Start, start), to = Math.Min(region.End, end);
            if (to > from) total += to - from;
        }
        return total;
    }
}
