using System;

namespace Lamina.Core;

/// <summary>The CRC-32 of IEEE 802.3 (reflected polynomial 0xEDB88320), bit by bit: what it covers is a few hundred bytes, once.</summary>
public struct Crc32
{
    private const uint Polynomial = 0xEDB8_8320;

    private uint inverted;

    /// <summary>The CRC of all that was added.</summary>
    public readonly uint Value => inverted ^ uint.MaxValue;

    /// <summary>The CRC of nothing, to add to.</summary>
    public static Crc32 Start() => new() { inverted = uint.MaxValue };

    /// <summary>Adds bytes behind those added before.</summary>
    public void Add(ReadOnlySpan<byte> data)
    {
        uint value = inverted;
        for (int i = 0; i < data.Length; i++)
        {
            value ^= data[i];
            for (int bit = 0; bit < 8; bit++)
                value = (value >> 1) ^ ((value & 1) != 0 ? Polynomial : 0);
        }

        inverted = value;
    }
}
