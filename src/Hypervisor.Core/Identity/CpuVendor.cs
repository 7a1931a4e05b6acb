using System;
using System.Buffers.Binary;

namespace Lamina.Core;

/// <summary>Whose manuals a CPU follows, by the name that it gives itself in CPUID leaf 0. Guests have the vendor of the CPU that they run on.</summary>
public static class CpuVendor
{
    /// <summary>AMD's, or one that is built after them. All others with hardware virtualization follow Intel's.</summary>
    public static bool IsAmd(in CpuidResult leaf) => Is(leaf, "AuthenticAMD"u8) || Is(leaf, "HygonGenuine"u8);

    /// <summary>Intel's own.</summary>
    public static bool IsIntel(in CpuidResult leaf) => Is(leaf, "GenuineIntel"u8);

    /// <summary>Four letters of a name, as a register holds them; <paramref name="index"/> counts registers.</summary>
    internal static uint Word(ReadOnlySpan<byte> text, int index) =>
        BinaryPrimitives.ReadUInt32LittleEndian(text[(index * sizeof(uint))..]);

    private static bool Is(in CpuidResult leaf, ReadOnlySpan<byte> name) =>
        leaf.Ebx == Word(name, 0) && leaf.Edx == Word(name, 1) && leaf.Ecx == Word(name, 2);
}
