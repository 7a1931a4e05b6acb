using System;
using System.Collections.Generic;
using System.Linq;
using FsCheck;
using FsCheck.Fluent;
using Lamina.Core;

namespace Lamina.Host.Tests;

public class PhysicalMemoryTests
{
    private const ulong MiB = 1 << 20;
    private const ulong GiB = 1 << 30;

    private static PhysicalMemory With(params (ulong Start, ulong Length)[] free)
    {
        var memory = new PhysicalMemory();
        foreach (var (start, length) in free)
            memory.AddFree(start, length);
        return memory;
    }

    [Fact]
    public void OnlyTheKindAndTheAddressesAskedForAreTaken()
    {
        var map = new MemoryMap();
        map.Add(0, 4 * MiB, MemoryKind.Usable);
        map.Add(4 * MiB, MiB, MemoryKind.Reserved);
        map.Add(5 * MiB, MiB, MemoryKind.BootReclaimable);
        map.Normalise();
        var memory = new PhysicalMemory();
        memory.AddFrom(map, MemoryKind.Usable, MemoryPlan.LowMemoryEnd, 3 * MiB);
        memory.FreeBytes.Should().Be(2 * MiB);
    }

    [Fact]
    public void OwnPagesComeFromTheSmallestRangeThatFits()
    {
        var memory = With((16 * MiB, 16 * MiB), (MiB, 8192), (64 * MiB, 64 * MiB));
        memory.TryAllocateOwn(8192, out ulong address).Should().BeTrue();
        address.Should().Be(MiB);
        memory.OwnBytes.Should().Be(8192);
        memory.FreeOwn(address, 8192);
        memory.OwnBytes.Should().Be(0);
        memory.FreeBytes.Should().Be(8192 + (80 * MiB));
    }

    [Fact]
    public void NothingIsGivenThatIsNotThere()
    {
        var memory = With((MiB, 8192));
        memory.TryAllocateOwn(12288, out _).Should().BeFalse();
        memory.TryAllocateOwn(0, out _).Should().BeFalse();
        memory.AllocateGuest(12288, new PhysicalExtent[4]).Should().Be(-1);
        memory.FreeBytes.Should().Be(8192);
        memory.GuestBytes.Should().Be(0);
    }

    [Fact]
    public void GuestRamIsMadeOfTheLargestPagesThatFit()
    {
        var memory = With((MiB, 127 * MiB), (GiB + (3 * MiB), (3 * GiB) - (3 * MiB)));
        var extents = new PhysicalExtent[8];
        int count = memory.AllocateGuest(GiB + (6 * MiB) + 8192, extents);
        count.Should().Be(3);
        extents[0].Start.Should().Be(2 * GiB);
        extents[0].Length.Should().Be(GiB);
        (extents[1].Start % (2 * MiB)).Should().Be(0);
        extents[1].Length.Should().Be(6 * MiB);
        extents[2].Length.Should().Be(8192);
    }

    [Fact]
    public void RamInMorePiecesThanThereIsRoomForIsGivenBack()
    {
        var memory = With((0x100000, 4096), (0x110000, 4096), (0x120000, 4096));
        memory.AllocateGuest(3 * 4096, new PhysicalExtent[2]).Should().Be(-1);
        memory.FreeBytes.Should().Be(3 * 4096);
        memory.AllocateGuest(3 * 4096, new PhysicalExtent[3]).Should().Be(3);
    }

    [Fact]
    public void WhateverIsTakenAndGivenBackNothingOverlapsAndNothingIsLost()
    {
        var step = from own in Gen.Elements(true, false)
                   from pages in Gen.Choose(1, 2000)
                   from free in Gen.Choose(0, 7)
                   select (own, pages, free);
        Prop.ForAll(step.ArrayOf().ToArbitrary(), steps =>
        {
            var memory = With((MiB, 15 * MiB), (17 * MiB, 20 * MiB), (40 * MiB, 4096));
            ulong total = memory.FreeBytes;
            var held = new List<(PhysicalExtent Extent, bool Own)>();
            foreach (var (own, pages, free) in steps)
            {
                ulong length = (ulong)pages * 4096;
                var extents = new PhysicalExtent[16];
                if (own && memory.TryAllocateOwn(length, out ulong address))
                {
                    held.Add((new PhysicalExtent(address, length), true));
                }
                else if (!own)
                {
                    int count = memory.AllocateGuest(length, extents);
                    for (int i = 0; i < count; i++)
                        held.Add((extents[i], false));
                }

                if (free < held.Count)
                {
                    var (extent, wasOwn) = held[free];
                    held.RemoveAt(free);
                    if (wasOwn)
                        memory.FreeOwn(extent.Start, extent.Length);
                    else
                        memory.FreeGuest([extent]);
                }

                var sorted = held.Select(h => h.Extent).OrderBy(e => e.Start).ToArray();
                for (int i = 1; i < sorted.Length; i++)
                    if (sorted[i].Start < sorted[i - 1].End)
                        return false;
                if (memory.FreeBytes + memory.OwnBytes + memory.GuestBytes != total)
                    return false;
            }

            foreach (var (extent, wasOwn) in held)
            {
                if (wasOwn)
                    memory.FreeOwn(extent.Start, extent.Length);
                else
                    memory.FreeGuest([extent]);
            }

            // All is one piece again: the largest range can be taken whole.
            return memory.FreeBytes == total && memory.TryAllocateOwn(20 * MiB, out _);
        }).QuickCheckThrowOnFailure();
    }
}
