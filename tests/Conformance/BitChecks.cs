using System;
using System.Buffers.Binary;
using System.Numerics;

namespace Lamina.Conformance;

/// <summary>BitOperations and BinaryPrimitives.</summary>
internal static class BitChecks
{
    internal static void Run(Platform platform)
    {
        ulong hash = 0;
        for (int i = 0; i < 64; i++)
        {
            ulong one = Opaque.Of(1UL) << i;
            hash = Mix(hash, one);
            hash = Mix(hash, one - 1);
            hash = Mix(hash, ~one);
            hash = Mix(hash, unchecked(one * 0x9E37_79B9_7F4A_7C15));
        }

        hash = Mix(hash, 0);
        platform.Hex("bit operations", hash);

        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, 0x0123_4567_89AB_CDEF);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[8..], 0xDEAD_BEEF);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[12..], 0x1234);
        BinaryPrimitives.WriteInt16BigEndian(bytes[14..], -2);
        platform.Hex("u64", BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        platform.Hex("u64 reversed", BinaryPrimitives.ReadUInt64BigEndian(bytes));
        platform.Hex("u32", BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]));
        platform.Hex("u32 reversed", BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]));
        platform.Line("i16", BinaryPrimitives.ReadInt16BigEndian(bytes[14..]));
        platform.Hex("unaligned", BinaryPrimitives.ReadUInt32LittleEndian(bytes[3..]));
        platform.Line("too short", BinaryPrimitives.TryReadUInt32LittleEndian(bytes[13..], out _));
    }

    private static ulong Mix(ulong hash, ulong value)
    {
        hash = unchecked((hash * 31) + (ulong)BitOperations.LeadingZeroCount(value) + ((ulong)BitOperations.TrailingZeroCount(value) << 8));
        hash = unchecked((hash * 31) + (ulong)BitOperations.PopCount(value) + ((ulong)BitOperations.Log2(value) << 8));
        hash = unchecked((hash * 31) + (ulong)BitOperations.LeadingZeroCount((uint)value) + ((ulong)BitOperations.TrailingZeroCount((uint)value) << 8));
        hash = unchecked((hash * 31) + BitOperations.RotateLeft(value, 13) + BitOperations.RotateRight((uint)value, 5));
        hash = unchecked((hash * 31) + (BitOperations.IsPow2(value) ? 1UL : 0) + BitOperations.RoundUpToPowerOf2(value));
        return unchecked((hash * 31) + BitOperations.RoundUpToPowerOf2((uint)value) + BinaryPrimitives.ReverseEndianness(value));
    }
}
