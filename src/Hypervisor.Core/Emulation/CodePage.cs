using System.Runtime.CompilerServices;

namespace Lamina.Core;

/// <summary>
/// The page of 64-bit code from which a vCPU's last exits came, so that the next one's bytes are found without a page walk. It does not go
/// stale: it keeps the entries of the guest's page tables that led to the page and where they lie, and is used only while CR3 and each of
/// them are what they were.
/// Rights are not looked at: the CPU has just fetched from there.
/// <para>
/// Four levels only, for CPUID offers no fifth. (A guest that went over to five nevertheless, in tables that read the same both ways, would
/// deceive nobody but itself.)
/// </para>
/// <para>Bounds rule: every pointer came from <see cref="GuestMemory.Locate"/>, with the length that is read through it.</para>
/// </summary>
internal sealed unsafe class CodePage
{
    private const int PageShift = 12;
    private const uint PageSize = 1 << PageShift;
    private const int IndexBits = 9;
    private const int Levels = 4;

    private byte* _start;
    private ulong _page = ulong.MaxValue;
    private ulong _cr3;
    private ulong* _address1, _address2, _address3, _address4;
    private ulong _entry1, _entry2, _entry3, _entry4;

    /// <summary>
    /// Where the <paramref name="length"/> bytes at RIP lie, when they are in this page and 64-bit code runs. They may change while they are read.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryLocate(VcpuState state, uint length, out byte* code)
    {
        ulong rip = state.Rip;
        uint offset = (uint)rip & (PageSize - 1);
        code = _start + offset;
        return rip >> PageShift == _page && offset <= PageSize - length
            // Only 64-bit code has addresses above 4 GiB: most of the time the mode need not be asked for.
            && (rip > uint.MaxValue || state.Is64Bit)
            && state.Cr3 == _cr3
            && *_address1 == _entry1 && *_address2 == _entry2 && *_address3 == _entry3 && *_address4 == _entry4;
    }

    /// <summary>Turns to the page of RIP. For 64-bit code only; when the page cannot be had, the next look misses.</summary>
    public void MoveTo(VcpuState state, GuestMemory memory)
    {
        _page = ulong.MaxValue;
        if ((state.Cr4 & Cr4.LinearAddress57) != 0) return;
        _cr3 = state.Cr3;
        ulong rip = state.Rip;
        ulong table = _cr3 & (ulong)PageEntry.AddressMask;
        for (int level = Levels; ; level--)
        {
            int shift = PageShift + (level - 1) * IndexBits;
            ulong index = (rip >> shift) & ((1u << IndexBits) - 1);
            var address = (ulong*)memory.Locate(table + index * sizeof(ulong), sizeof(ulong));
            if (address == null) return;
            ulong entry = *address;
            if (((PageEntry)entry & PageEntry.Present) == 0) return;
            Keep(level, address, entry);

            table = entry & (ulong)PageEntry.AddressMask;
            if (level > 1 && ((PageEntry)entry & PageEntry.LargePage) == 0) continue;

            ulong offsetMask = (1UL << shift) - 1;
            _start = memory.Locate((table & ~offsetMask) | (rip & offsetMask & ~(ulong)(PageSize - 1)), PageSize);
            if (_start != null) _page = rip >> PageShift;
            return;
        }
    }

    /// <summary>An entry stands for those below it too, until they are known. So all four can be compared, however many there are.</summary>
    private void Keep(int level, ulong* address, ulong entry)
    {
        if (level >= 4) { _address4 = address; _entry4 = entry; }
        if (level >= 3) { _address3 = address; _entry3 = entry; }
        if (level >= 2) { _address2 = address; _entry2 = entry; }
        _address1 = address;
        _entry1 = entry;
    }
}
