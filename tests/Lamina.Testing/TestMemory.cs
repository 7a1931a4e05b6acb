using System;
using System.Runtime.InteropServices;
using Lamina.Core;

namespace Lamina.Testing;

/// <summary>A guest's RAM from GPA 0, in memory of the test's own, with a way to look at it from outside.</summary>
public sealed unsafe class TestMemory : IDisposable
{
    private byte* _start;
    private readonly int _length;

    /// <summary><paramref name="length"/> bytes of cleared RAM, a multiple of 4096.</summary>
    public TestMemory(int length)
    {
        _length = length;
        _start = (byte*)NativeMemory.AlignedAlloc((nuint)length, HostPages.PageSize);
        NativeMemory.Clear(_start, (nuint)length);
        Guest = new GuestMemory(_start, [new GuestMemoryRegion(0, (ulong)length)]);
    }

    /// <summary>It as a VM sees it.</summary>
    public GuestMemory Guest { get; }

    /// <summary>All of it.</summary>
    public Span<byte> Bytes => new(_start, _length);

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_start);
        _start = null;
    }
}
