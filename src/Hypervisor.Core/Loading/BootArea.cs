using System;

namespace Lamina.Core;

/// <summary>
/// The part of a guest's conventional memory where loaders put what a kernel is told: structures, strings, page tables. Filled from its start; all of it
/// lies below 640 KiB, so every address in it fits in 32 bits and no kernel is loaded over it.
/// </summary>
internal ref struct BootArea(GuestMemory memory)
{
    /// <summary>Behind the PC's interrupt vectors and BIOS data.</summary>
    private const uint Start = 0x1000;
    private const uint PageSize = 0x1000;

    private readonly GuestMemory _memory = memory;
    private uint _next = Start;

    /// <summary>Cleared bytes, aligned to 16. False when the area is full.</summary>
    public bool TryReserve(uint length, out uint gpa) => TryReserve(length, 16, out gpa);

    /// <summary>Cleared pages.</summary>
    public bool TryReservePages(uint count, out uint gpa) => TryReserve(count * PageSize, PageSize, out gpa);

    private bool TryReserve(uint length, uint alignment, out uint gpa)
    {
        gpa = _next + alignment - 1 & ~(alignment - 1);
        if (length > GuestMemoryMap.LowEnd || gpa + length > GuestMemoryMap.LowEnd || !_memory.TryClear(gpa, length)) return false;
        _next = gpa + length;
        return true;
    }

    /// <summary>A string with a zero at its end; it ends early at a zero of its own.</summary>
    public bool TryPlaceString(ReadOnlySpan<byte> text, out uint gpa)
    {
        gpa = 0;
        return text.Length < (int)GuestMemoryMap.LowEnd && TryReserve((uint)text.Length + 1, out gpa) && _memory.TryWrite(gpa, text);
    }
}
