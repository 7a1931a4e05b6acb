using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Lamina.Core;

namespace Lamina.Devices.Tests.Virtio.Block;

/// <summary>Pages of the test process, each allocation on its own and counted; at most so many.</summary>
public sealed unsafe class DiskPages(int capacity = int.MaxValue) : PageSource, IDisposable
{
    private readonly Dictionary<ulong, int> _taken = [];

    public int Taken { get; private set; }

    public override bool TryAllocatePages(int count, out HostPages pages)
    {
        pages = default;
        count.Should().BePositive();
        if (count > capacity - Taken) return false;
        byte* start = (byte*)NativeMemory.AlignedAlloc((nuint)count * HostPages.PageSize, HostPages.PageSize);
        new Span<byte>(start, count * HostPages.PageSize).Clear();
        pages = new HostPages(start, (ulong)start, count);
        _taken.Add(pages.Physical, count);
        Taken += count;
        return true;
    }

    public override void FreePages(in HostPages pages)
    {
        _taken.Remove(pages.Physical, out int count).Should().BeTrue("pages are given back once");
        count.Should().Be(pages.Count);
        Taken -= count;
        NativeMemory.AlignedFree(pages.Virtual);
    }

    public override byte* VirtualOf(ulong physicalAddress) => (byte*)physicalAddress;

    public void Dispose()
    {
        foreach (ulong address in _taken.Keys) NativeMemory.AlignedFree((void*)address);
    }
}
