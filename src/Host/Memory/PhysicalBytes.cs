using System;
using System.Buffers.Binary;

namespace Lamina.Host;

/// <summary>
/// Read access to host-physical memory, for what firmware left there (ACPI tables, multiboot structures). On the metal it
/// maps; in tests it is an array.
/// </summary>
public abstract class PhysicalBytes
{
    /// <summary>
    /// Makes <paramref name="length"/> bytes at the HPA <paramref name="address"/> readable. The view holds as long as the
    /// machine runs, unless said otherwise by the implementation.
    /// </summary>
    /// <returns>False when there is nothing readable at that address.</returns>
    public abstract bool TryView(ulong address, int length, out ReadOnlySpan<byte> bytes);

    /// <summary>Copies the zero-terminated string at <paramref name="address"/> into <paramref name="text"/>; longer ones are cut.</summary>
    /// <returns>How many bytes were copied, the zero not counted.</returns>
    public int ReadString(ulong address, Span<byte> text)
    {
        int length = 0;
        while (length < text.Length && TryView(address + (ulong)length, 1, out ReadOnlySpan<byte> one) && one[0] != 0)
            text[length++] = one[0];
        return length;
    }

    /// <summary>Reads a little-endian 32-bit word; 0 when it is not readable.</summary>
    public uint ReadUInt32(ulong address) =>
        TryView(address, sizeof(uint), out ReadOnlySpan<byte> bytes) ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : 0;
}
