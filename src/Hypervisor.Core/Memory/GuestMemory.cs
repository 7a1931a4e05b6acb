using System;
using System.Runtime.CompilerServices;
using System.Threading;

namespace Lamina.Core;

/// <summary>
/// A VM's RAM, and the only way to it: every range is checked here.
/// <para>
/// RAM at GPA x is mapped at HVA <c>slot + x</c>, in a slot of the VM's own host table: it is reachable only on a CPU on which that VM is current.
/// Bounds rule: a pointer is formed only after the whole range [gpa, gpa + length) was found inside one region.
/// </para>
/// <para>The guest may change what is here at any time, from any of its vCPUs: copy once, then check, then use the copy.</para>
/// </summary>
public sealed unsafe class GuestMemory
{
    private readonly byte* _slot;
    private readonly GuestMemoryRegion[] _regions;

    /// <summary>RAM of the given regions (ascending, not overlapping), mapped at <paramref name="slot"/> + GPA.</summary>
    public GuestMemory(byte* slot, GuestMemoryRegion[] regions)
    {
        _slot = slot;
        _regions = regions;
        foreach (var region in regions) Size += region.Length;
    }

    /// <summary>How much RAM there is, in bytes.</summary>
    public ulong Size { get; }

    /// <summary>The regions, ascending.</summary>
    public ReadOnlySpan<GuestMemoryRegion> Regions => _regions;

    /// <summary>Whether all of [gpa, gpa + length) is RAM, within one region.</summary>
    public bool Contains(ulong gpa, ulong length)
    {
        foreach (ref readonly var region in _regions.AsSpan())
            if (gpa - region.Start < region.Length && length <= region.Length - (gpa - region.Start)) return true;
        return false;
    }

    /// <summary>
    /// Where [gpa, gpa + length) is mapped, or null when not all of it is RAM: for what is looked at again and again. It holds as long as the VM does.
    /// </summary>
    internal byte* Locate(ulong gpa, ulong length) => Contains(gpa, length) ? _slot + gpa : null;

    /// <summary>A piece of RAM to be used in place. False when not all of it is RAM within one region, or it is over 2 GiB.</summary>
    public bool TryLocate(ulong gpa, ulong length, out GuestRange range)
    {
        if (length > int.MaxValue || !Contains(gpa, length))
        {
            range = default;
            return false;
        }
        range = new GuestRange(_slot + gpa, gpa, (int)length);
        return true;
    }

    /// <summary>An array in RAM to be used in place. False when not all of it is RAM within one region.</summary>
    public bool TryLocate<T>(ulong gpa, int count, out GuestArray<T> array) where T : unmanaged
    {
        if (count < 0 || !Contains(gpa, (ulong)count * (ulong)sizeof(T)))
        {
            array = default;
            return false;
        }
        array = new GuestArray<T>((T*)(_slot + gpa), count);
        return true;
    }

    /// <summary>Reads a value, which need not be aligned. False, and zero, where there is no RAM.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryRead<T>(ulong gpa, out T value) where T : unmanaged
    {
        if (!Contains(gpa, (ulong)sizeof(T)))
        {
            value = default;
            return false;
        }
        value = Unsafe.ReadUnaligned<T>(_slot + gpa);
        return true;
    }

    /// <summary>Writes a value, which need not be aligned. False where there is no RAM.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryWrite<T>(ulong gpa, T value) where T : unmanaged
    {
        if (!Contains(gpa, (ulong)sizeof(T))) return false;
        Unsafe.WriteUnaligned(_slot + gpa, value);
        return true;
    }

    /// <summary>Copies RAM out. False, and nothing copied, when not all of it is RAM.</summary>
    public bool TryRead(ulong gpa, Span<byte> destination)
    {
        if (!Contains(gpa, (ulong)destination.Length)) return false;
        new ReadOnlySpan<byte>(_slot + gpa, destination.Length).CopyTo(destination);
        return true;
    }

    /// <summary>Copies into RAM. False, and nothing copied, when not all of it is RAM.</summary>
    public bool TryWrite(ulong gpa, ReadOnlySpan<byte> source)
    {
        if (!Contains(gpa, (ulong)source.Length)) return false;
        source.CopyTo(new Span<byte>(_slot + gpa, source.Length));
        return true;
    }

    /// <summary>Clears RAM. False, and nothing cleared, when not all of it is RAM.</summary>
    public bool TryClear(ulong gpa, ulong length)
    {
        if (!Contains(gpa, length)) return false;
        while (length > 0)
        {
            int part = (int)Math.Min(length, 1u << 30);
            new Span<byte>(_slot + gpa, part).Clear();
            gpa += (ulong)part;
            length -= (ulong)part;
        }
        return true;
    }

    /// <summary>
    /// Replaces an aligned 32-bit word if it is still what was expected (as a page walk sets accessed and dirty bits).
    /// False where there is no RAM, where it is not aligned, or when it has changed.
    /// </summary>
    public bool TryCompareExchange(ulong gpa, uint expected, uint replacement) =>
        gpa % sizeof(uint) == 0 && Contains(gpa, sizeof(uint))
        && Interlocked.CompareExchange(ref *(uint*)(_slot + gpa), replacement, expected) == expected;

    /// <summary>The same for an aligned 64-bit word.</summary>
    public bool TryCompareExchange(ulong gpa, ulong expected, ulong replacement) =>
        gpa % sizeof(ulong) == 0 && Contains(gpa, sizeof(ulong))
        && Interlocked.CompareExchange(ref *(ulong*)(_slot + gpa), replacement, expected) == expected;
}
