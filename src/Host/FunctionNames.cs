using System;
using System.Buffers.Binary;

namespace Lamina.Host;

/// <summary>
/// The section .names of the image: which function lies where, for a panic's stack. Little-endian, written by the image builder:
/// <code>
/// 0   u32  magic, "NAME"
/// 4   u32  count
/// 8   count entries, sorted by address: u32 address relative to the image's start, u32 where the name ends in the section
///     the names, UTF-8, one behind another: the first begins behind the entries, each other one where the one before it ends
/// </code>
/// A function reaches to the next entry's address. It is read while the machine is failing, so nothing in it is trusted: what does not
/// lie within the section is not found.
/// </summary>
/// <param name="section">The section's bytes.</param>
public readonly ref struct FunctionNames(ReadOnlySpan<byte> section)
{
    /// <summary>"NAME", little-endian.</summary>
    public const uint Magic = 0x454D414E;

    /// <summary>Bytes before the entries.</summary>
    public const int HeaderSize = 8;

    /// <summary>Where in the header the count is.</summary>
    public const int CountOffset = 4;

    /// <summary>Bytes of an entry.</summary>
    public const int EntrySize = 8;

    /// <summary>Where in an entry the end of the name is.</summary>
    public const int NameEndOffset = 4;

    private readonly ReadOnlySpan<byte> _section = section;

    /// <summary>How many functions there are; 0 if the section is none of ours.</summary>
    public int Count
    {
        get
        {
            if (_section.Length < HeaderSize || BinaryPrimitives.ReadUInt32LittleEndian(_section) != Magic)
            {
                return 0;
            }

            uint count = BinaryPrimitives.ReadUInt32LittleEndian(_section.Slice(CountOffset));
            return count <= (uint)(_section.Length - HeaderSize) / EntrySize ? (int)count : 0;
        }
    }

    /// <summary>The function that an address lies in.</summary>
    /// <param name="rva">The address, relative to the image's start.</param>
    /// <param name="name">Its name, UTF-8.</param>
    /// <param name="offset">How many bytes behind its start the address is.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryFind(uint rva, out ReadOnlySpan<byte> name, out uint offset)
    {
        name = default;
        offset = 0;
        int count = Count;
        // The last entry at or below the address is before 'high'.
        int low = 0;
        int high = count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (Address(middle) <= rva)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        if (low == 0)
        {
            return false;
        }

        int index = low - 1;
        uint start = index == 0 ? HeaderSize + ((uint)count * EntrySize) : NameEnd(index - 1);
        uint end = NameEnd(index);
        if (start > end || end > (uint)_section.Length)
        {
            return false;
        }

        name = _section.Slice((int)start, (int)(end - start));
        offset = rva - Address(index);
        return true;
    }

    private uint Address(int index) => BinaryPrimitives.ReadUInt32LittleEndian(_section.Slice(HeaderSize + (index * EntrySize)));

    private uint NameEnd(int index) =>
        BinaryPrimitives.ReadUInt32LittleEndian(_section.Slice(HeaderSize + (index * EntrySize) + NameEndOffset));
}
