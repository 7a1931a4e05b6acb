using System;
using System.Runtime.CompilerServices;

namespace Lamina.Core;

/// <summary>
/// Elements in a VM's RAM that were located once and are looked at again and again: a ring, a table. Made by
/// <see cref="GuestMemory.TryLocate{T}(ulong, int, out GuestArray{T})"/> alone, so all of it lies within one region; each index is checked against the count, as in any array.
/// <para>
/// It may be touched only while that VM's host table is loaded. The guest may change an element at any time: copy it once into a local, then check, then use the copy;
/// what is ordered against the guest's other accesses is read and written by <see cref="System.Threading.Volatile"/>.
/// </para>
/// </summary>
/// <typeparam name="T">The element, as hardware or specification lay it out; its alignment is the guest's affair.</typeparam>
public readonly unsafe struct GuestArray<T> where T : unmanaged
{
    private readonly T* _first;

    internal GuestArray(T* first, int count)
    {
        _first = first;
        Count = count;
    }

    /// <summary>How many elements; 0 when nothing was located.</summary>
    public int Count { get; }

    /// <summary>An element.</summary>
    public ref T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref new Span<T>(_first, Count)[index];
    }
}
