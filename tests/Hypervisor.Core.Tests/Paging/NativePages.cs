using System;
using System.Runtime.InteropServices;
using Lamina.Core;

namespace Lamina.Core.Tests.Paging;

/// <summary>Page-table pages from the test process's memory, at "physical" addresses of their own; at most as many as asked for.</summary>
public sealed unsafe class NativePages(int capacity = 4096) : PageSource, IDisposable
{
    private const ulong PhysicalBase = 0x12_3456_7000;

    private readonly byte* _memory = (byte*)NativeMemory.AlignedAlloc((nuint)capacity * HostPages.PageSize, HostPages.PageSize);
    private readonly bool[] _taken = new bool[capacity];

    public int Taken { get; private set; }

    public override bool TryAllocatePages(int count, out HostPages pages)
    {
        pages = default;
        int first = _taken.AsSpan().IndexOf(new bool[count]);
        if (first < 0) return false;
        _taken.AsSpan(first, count).Fill(true);
        Taken += count;
        byte* page = _memory + first * HostPages.PageSize;
        new Span<byte>(page, count * HostPages.PageSize).Clear();
        pages = new HostPages(page, PhysicalBase + (ulong)first * HostPages.PageSize, count);
        return true;
    }

    public override void FreePages(in HostPages pages)
    {
        int index = (int)((pages.Physical - PhysicalBase) / HostPages.PageSize);
        _taken.AsSpan(index, pages.Count).Contains(false).Should().BeFalse("pages are given back once");
        ((ulong)pages.Virtual).Should().Be((ulong)(_memory + index * HostPages.PageSize));
        _taken.AsSpan(index, pages.Count).Clear();
        Taken -= pages.Count;
        // A table that is still used after it was given back is found by what is in it.
        new Span<byte>(pages.Virtual, pages.Count * HostPages.PageSize).Fill(0xFF);
    }

    public override byte* VirtualOf(ulong physicalAddress)
    {
        ulong offset = physicalAddress - PhysicalBase;
        if (offset >= (ulong)_taken.Length * HostPages.PageSize) throw new InvalidOperationException("only tables are looked at");
        return _memory + offset;
    }

    public void Dispose() => NativeMemory.AlignedFree(_memory);
}
