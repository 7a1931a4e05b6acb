using System;

namespace Lamina.Core;

/// <summary>
/// The bytes of a file that came along, mapped read-only for as long as the machine runs: what a span is too short for, as files have up to 4 GiB.
/// Bounds rule: a pointer is formed only after the whole range [offset, offset + length) was found inside the file.
/// </summary>
/// <param name="start">HVA of the first byte.</param>
/// <param name="length">How many bytes are mapped there.</param>
public readonly unsafe struct HostBytes(byte* start, ulong length)
{
    private readonly byte* _start = start;

    /// <summary>Bytes.</summary>
    public ulong Length { get; } = length;

    /// <summary>Copies bytes out. False, and nothing copied, when not all of the range is inside.</summary>
    public bool TryRead(ulong offset, Span<byte> destination)
    {
        if (offset > Length || (ulong)destination.Length > Length - offset) return false;
        new ReadOnlySpan<byte>(_start + offset, destination.Length).CopyTo(destination);
        return true;
    }
}
