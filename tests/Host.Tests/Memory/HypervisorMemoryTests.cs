using System;
using System.Collections.Generic;
using Lamina.Core;

namespace Lamina.Host.Tests;

/// <summary>The real thing over the test's own memory, whose addresses serve as physical ones, as they do before the machine is taken over.</summary>
public sealed unsafe class HypervisorMemoryTests : IDisposable
{
    private const ulong Size = 8 << 20;
    private const ulong ImageAddress = 0x20_0000;
    private const ulong ImageLength = 0x3000;

    private readonly LowMemory _low = new((int)Size);
    private readonly byte* _block;
    private readonly HypervisorMemory _memory;

    public HypervisorMemoryTests()
    {
        _block = _low.Address;
        new Span<byte>(_block, (int)Size).Fill(0xCC);
        var map = new MemoryMap();
        map.Add((ulong)_block, Size, MemoryKind.Usable);
        map.Normalise();
        _memory = new HypervisorMemory(map, MemoryMap.AddressLimit, ImageAddress, ImageLength);
    }

    public void Dispose() => _low.Dispose();

    [Fact]
    public void PagesAreClearedAlignedAndInMemory()
    {
        for (int count = 1; count < 40; count++)
        {
            _memory.TryAllocatePages(count, out HostPages pages).Should().BeTrue();
            (pages.Physical % 4096).Should().Be(0);
            (pages.Physical - (ulong)_block).Should().BeLessThan(Size);
            new ReadOnlySpan<byte>(pages.Virtual, count * 4096).IndexOfAnyExcept((byte)0).Should().Be(-1);
            _memory.PhysicalOf(pages.Virtual).Should().Be(pages.Physical);
            new Span<byte>(pages.Virtual, count * 4096).Fill(0xEE);
        }
    }

    [Fact]
    public void EveryPageGivenOutIsMappedWritableAndNotExecutable()
    {
        var tables = PageTable<HostPageFormat>.Create(_memory, 2)!;
        _memory.TryAttach(tables).Should().BeTrue();
        var given = new List<HostPages>();
        while (given.Count < 500 && _memory.TryAllocatePages(3, out HostPages pages))
            given.Add(pages);
        given.Count.Should().Be(500);
        foreach (var pages in given)
        {
            for (ulong offset = 0; offset < 3 * 4096; offset += 4096)
            {
                tables.TryTranslate(MemoryPlan.OwnedMemory + pages.Physical + offset, out var translation).Should().BeTrue();
                translation.Physical.Should().Be(pages.Physical + offset);
                translation.Attributes.Access.Should().Be(MemoryAccess.ReadWrite);
            }
        }
    }

    [Fact]
    public void WhatTheHypervisorHoldsIsCountedAndTheRestIsForGuests()
    {
        _memory.OwnBytes.Should().Be(ImageLength);
        _memory.TryAllocatePages(1, out _).Should().BeTrue();
        _memory.OwnBytes.Should().BeInRange(ImageLength + 4096, ImageLength + (256 << 10));
        (_memory.OwnBytes + _memory.AvailableGuestRam).Should().Be(ImageLength + Size);
    }

    [Fact]
    public void ItEndsWithFalseAndNotWithAFault()
    {
        int count = 0;
        while (_memory.TryAllocatePages(16, out _))
            count++;
        count.Should().BeInRange(100, (int)(Size / (16 * 4096)));
        _memory.TryAllocatePages(0, out _).Should().BeFalse();
        _memory.TryAllocatePages(-1, out _).Should().BeFalse();
    }

    /// <summary>What a VM takes and gives back: RAM, two translations of it, pages of several sizes, in an order of its own each time.</summary>
    [Fact]
    public void AThousandVmsLeaveItAsItWas()
    {
        _memory.TryAttach(PageTable<HostPageFormat>.Create(_memory, 2)!).Should().BeTrue();
        var random = new Random(1);
        var found = new HashSet<(ulong Guests, ulong Own, ulong Spare)>();
        var extents = new PhysicalExtent[16];
        for (int round = 0; round < 1000; round++)
        {
            var tables = PageTable<HostPageFormat>.Create(_memory, 2)!;
            ulong length = (ulong)random.Next(1, 512) * 4096;
            int count = _memory.AllocateGuestRam(length, extents);
            count.Should().BePositive();
            ulong address = MemoryPlan.GuestSlot;
            foreach (var extent in extents.AsSpan(0, count))
            {
                tables.TryMap(address, extent.Start, extent.Length, new PageAttributes(MemoryAccess.ReadWrite, MemoryType.WriteBack)).Should().BeTrue();
                address += extent.Length;
            }
            var pages = new List<HostPages>();
            foreach (int size in (int[])[1, 3, 48, 3])
            {
                _memory.TryAllocatePages(size, out HostPages some).Should().BeTrue();
                pages.Insert(random.Next(pages.Count + 1), some);
            }

            foreach (HostPages some in pages)
                _memory.FreePages(some);
            tables.Free();
            _memory.FreeGuestRam(extents.AsSpan(0, count));
            // The pool grows for the first ones.
            if (round >= 10)
                found.Add((_memory.AvailableGuestRam, _memory.OwnBytes, _memory.SpareBytes));
        }
        found.Should().ContainSingle();
    }

    [Fact]
    public void AddressesInTheImageHaveTheirPhysicalOnes() =>
        _memory.PhysicalOf((void*)(MemoryPlan.Image + 0x1234)).Should().Be(ImageAddress + 0x1234);
}
