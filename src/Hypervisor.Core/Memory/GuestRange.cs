using System;
using System.Runtime.CompilerServices;

namespace Lamina.Core;

/// <summary>
/// A piece of a VM's RAM that was checked once and is then used: what a descriptor points to. Made by <see cref="GuestMemory.TryLocate(ulong, ulong, out GuestRange)"/> alone,
/// so all of it lies within one region. It may be touched only while that VM's host table is loaded; the guest may change what is in it at any time.
/// </summary>
public readonly unsafe struct GuestRange
{
    private readonly byte* _start;

    internal GuestRange(byte* start, ulong gpa, int length)
    {
        _start = start;
        Gpa = gpa;
        Length = length;
    }

    /// <summary>GPA of its first byte.</summary>
    public ulong Gpa { get; }

    /// <summary>Bytes.</summary>
    public int Length { get; }

    /// <summary>Its bytes.</summary>
    public Span<byte> Bytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(_start, Length);
    }
}
