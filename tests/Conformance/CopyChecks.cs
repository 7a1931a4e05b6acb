using System;

namespace Lamina.Conformance;

/// <summary>Block copies and fills of every short length, overlapping both ways, and long ones.</summary>
internal static class CopyChecks
{
    private const int Room = 6000;

    internal static void Run(Platform platform)
    {
        byte[] bytes = new byte[Room];
        ulong hash = 0;
        for (int length = 0; length <= 100; length++)
            hash = Sweep(bytes, length, hash);
        platform.Hex("short copies", hash);
        foreach (int length in (ReadOnlySpan<int>)[127, 128, 129, 255, 256, 257, 511, 512, 1000, 1023, 1024, 1025, 1031, 2048, 2500])
            hash = Sweep(bytes, length, hash);
        platform.Hex("long copies", hash);

        for (int length = 0; length <= 1100; length += length < 70 ? 1 : 103)
        {
            bytes.AsSpan(0, 1300).Fill(0x11);
            bytes.AsSpan(7, length).Fill((byte)length);
            hash = Hash(bytes.AsSpan(0, 1300), hash);
            bytes.AsSpan(9, length).Clear();
            hash = Hash(bytes.AsSpan(0, 1300), hash);
        }

        platform.Hex("fills", hash);
        string[] words = ["a", "b", "c", "d", "e"];
        Array.Copy(words, 0, words, 1, 4);
        platform.Line("references up", string.Concat(words));
        Array.Copy(words, 2, words, 0, 3);
        platform.Line("references down", string.Concat(words));
        Array.Clear(words, 1, 2);
        platform.Line("references cleared", string.Concat(words));
    }

    private static ulong Sweep(byte[] bytes, int length, ulong hash)
    {
        foreach (int distance in (ReadOnlySpan<int>)[0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 64, 100, 1500])
        {
            const int Start = 1600;
            Pattern(bytes);
            bytes.AsSpan(Start, length).CopyTo(bytes.AsSpan(Start + distance));
            hash = Hash(bytes, hash);
            Pattern(bytes);
            bytes.AsSpan(Start, length).CopyTo(bytes.AsSpan(Start - distance));
            hash = Hash(bytes, hash);
        }

        return hash;
    }

    private static void Pattern(byte[] bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = unchecked((byte)((i * 7) ^ (i >> 3)));
    }

    private static ulong Hash(ReadOnlySpan<byte> bytes, ulong hash)
    {
        foreach (byte value in bytes)
            hash = unchecked((hash ^ value) * 0x100_0000_01B3);
        return hash;
    }
}
