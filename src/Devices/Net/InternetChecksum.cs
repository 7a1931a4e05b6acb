using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Lamina.Devices;

/// <summary>
/// The internet checksum (RFC 1071): the complement of the ones' complement sum of 16-bit words. Words are added as they lie in memory, which gives the
/// result as it is to lie in memory (RFC 1071, 2 (B)): no byte is ever swapped.
/// </summary>
internal static class InternetChecksum
{
    private const int WordBits = 16;
    private const int UnrolledBytes = 4 * sizeof(ulong);

    /// <summary>
    /// Adds up <paramref name="data"/>, at most 2^31 bytes, behind what <paramref name="sum"/> holds (at most 2^48). An odd byte at the end counts as if a zero
    /// followed it, so only the last piece of what is summed may be odd.
    /// </summary>
    public static ulong Add(ulong sum, ReadOnlySpan<byte> data)
    {
        ref byte at = ref MemoryMarshal.GetReference(data);
        int left = data.Length;
        // Halves of 32 bits in a sum of 64: carries need no care for 2^32 of them.
        for (; left >= UnrolledBytes; left -= UnrolledBytes)
        {
            ulong first = Unsafe.ReadUnaligned<ulong>(ref at);
            ulong second = Unsafe.ReadUnaligned<ulong>(ref Unsafe.AddByteOffset(ref at, (nint)sizeof(ulong)));
            ulong third = Unsafe.ReadUnaligned<ulong>(ref Unsafe.AddByteOffset(ref at, (nint)(2 * sizeof(ulong))));
            ulong fourth = Unsafe.ReadUnaligned<ulong>(ref Unsafe.AddByteOffset(ref at, (nint)(3 * sizeof(ulong))));
            sum += (uint)first + (first >> 32) + (uint)second + (second >> 32);
            sum += (uint)third + (third >> 32) + (uint)fourth + (fourth >> 32);
            at = ref Unsafe.AddByteOffset(ref at, (nint)UnrolledBytes);
        }
        for (; left >= sizeof(ushort); left -= sizeof(ushort))
        {
            sum += Unsafe.ReadUnaligned<ushort>(ref at);
            at = ref Unsafe.AddByteOffset(ref at, (nint)sizeof(ushort));
        }
        return left == 0 ? sum : sum + at;
    }

    /// <summary>A sum's 16 bits: carries are added in until there are none. 0 only for a sum of 0.</summary>
    public static ushort Fold(ulong sum)
    {
        sum = (uint)sum + (sum >> 32);
        sum = (ushort)sum + (sum >> WordBits);
        sum = (ushort)sum + (sum >> WordBits);
        return (ushort)((ushort)sum + (sum >> WordBits));
    }

    /// <summary>
    /// The checksum of what was added up, as a header holds it: the complement, with ones for zero. The two are one number in ones' complement, and a zero says
    /// "no checksum" in UDP (RFC 768).
    /// </summary>
    public static ushort Complete(ulong sum)
    {
        ushort checksum = (ushort)~Fold(sum);
        return checksum == 0 ? ushort.MaxValue : checksum;
    }

    /// <summary>
    /// Completes a checksum that its sender left half done: the field at <paramref name="start"/> + <paramref name="offset"/> holds the sum of the pseudo-header, and
    /// everything from <paramref name="start"/> on is added to it (virtio 1.2, 5.1.6.2). The caller has checked that the field lies within the frame.
    /// </summary>
    public static void Complete(Span<byte> frame, int start, int offset)
    {
        ushort checksum = Complete(Add(0, frame[start..]));
        MemoryMarshal.Write(frame[(start + offset)..], in checksum);
    }
}
