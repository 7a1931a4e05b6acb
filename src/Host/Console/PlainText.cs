using System;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Lamina.Host;

/// <summary>Printable ASCII, 0x20 to 0x7E: what no terminal takes for anything but itself.</summary>
internal static class PlainText
{
    private const ulong EachByte = 0x0101_0101_0101_0101;
    private const ulong HighBits = 0x80 * EachByte;
    private const int BitsInByteShift = 3;

    /// <summary>How many bytes at the beginning of <paramref name="bytes"/> are plain, looked at eight at a time.</summary>
    public static int LengthOf(ReadOnlySpan<byte> bytes)
    {
        int i = 0;
        foreach (ulong eight in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            // A high bit is set where a byte has one, is less than 0x20, or is 0x7F. Borrows and carries go upwards: the lowest that is set is right.
            ulong other = (eight | (eight - (0x20 * EachByte)) | (eight + EachByte)) & HighBits;
            if (other != 0)
                return i + (BitOperations.TrailingZeroCount(other) >> BitsInByteShift);
            i += sizeof(ulong);
        }

        while (i < bytes.Length && bytes[i] is >= 0x20 and < 0x7F)
            i++;
        return i;
    }
}
