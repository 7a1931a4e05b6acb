using System;
using System.Linq;
using FsCheck;
using FsCheck.Fluent;

namespace Lamina.Host.Tests;

public class MemoryMapTests
{
    private const int Pages = 64;

    private static MemoryMap Map(params (ulong Start, ulong Length, MemoryKind Kind)[] ranges)
    {
        var map = new MemoryMap();
        foreach (var (start, length, kind) in ranges)
            map.Add(start, length, kind).Should().BeTrue();
        map.Normalise().Should().BeTrue();
        return map;
    }

    [Fact]
    public void OverlapsResolveToTheStricterKind()
    {
        var map = Map((0, 0x10000, MemoryKind.Usable), (0x4000, 0x2000, MemoryKind.Reserved), (0x5000, 0x4000, MemoryKind.AcpiNvs));
        Enumerable.Range(0, map.Count).Select(i => (map[i].Base, map[i].Length, map[i].Kind)).Should().Equal(
            (0UL, 0x4000UL, MemoryKind.Usable),
            (0x4000UL, 0x2000UL, MemoryKind.Reserved),
            (0x6000UL, 0x3000UL, MemoryKind.AcpiNvs),
            (0x9000UL, 0x7000UL, MemoryKind.Usable));
    }

    [Fact]
    public void UsableMemoryShrinksToWholePagesAndAllElseGrows()
    {
        var map = Map((0x1234, 0x3000, MemoryKind.Usable), (0x8FFF, 2, MemoryKind.Reserved));
        (map[0].Base, map[0].End).Should().Be((0x2000UL, 0x4000UL));
        (map[1].Base, map[1].End).Should().Be((0x8000UL, 0xA000UL));
    }

    [Fact]
    public void WhatWrapsOrLiesBeyondAnyProcessorsAddressesIsCutOff()
    {
        var map = Map((MemoryMap.AddressLimit - 0x1000, ulong.MaxValue, MemoryKind.Reserved), (ulong.MaxValue - 5, 100, MemoryKind.Bad));
        map.Count.Should().Be(1);
        map[0].End.Should().Be(MemoryMap.AddressLimit);
    }

    [Fact]
    public void FreeMemoryEndsBelowWhatIsNotFree()
    {
        Map((0x10_0000, 0x1000, MemoryKind.Usable), (0x20_0000, 0x3000, MemoryKind.BootReclaimable), (0x90_0000, 0x1000, MemoryKind.Reserved)).FreeEnd.Should().Be(0x20_3000);
        Map((0x10_0000, 0x1000, MemoryKind.BootLoaded)).FreeEnd.Should().Be(0);
    }

    [Fact]
    public void AFullMapSaysSo()
    {
        var map = new MemoryMap();
        for (ulong i = 0; i < MemoryMap.Capacity; i++)
            map.Add(i * 0x2000, 0x1000, MemoryKind.Usable).Should().BeTrue();
        map.Add(MemoryMap.Capacity * 0x2000UL, 0x1000, MemoryKind.Usable).Should().BeFalse();
    }

    [Fact]
    public void AMapFullOfOverlapsMakesRoomForItself()
    {
        var map = new MemoryMap();
        for (int i = 0; i < 3 * MemoryMap.Capacity; i++)
            map.Add((ulong)(i % 2) * 0x10000, 0x1000, MemoryKind.Usable).Should().BeTrue();
        map.Normalise().Should().BeTrue();
        map.Count.Should().Be(2);
    }

    [Fact]
    public void AnyRangesEqualANaiveMapOfPages()
    {
        var range =
            from start in Gen.Choose(0, Pages - 1)
            from length in Gen.Choose(1, Pages)
            from kind in Gen.Choose((int)MemoryKind.Usable, (int)MemoryKind.Bad)
            select (start, Math.Min(length, Pages - start), (MemoryKind)kind);
        Prop.ForAll(range.ArrayOf().ToArbitrary(), ranges =>
        {
            var naive = new MemoryKind[Pages];
            foreach (var (start, length, kind) in ranges)
                for (int page = start; page < start + length; page++)
                    naive[page] = (MemoryKind)Math.Max((int)naive[page], (int)kind);

            var map = Map(ranges.Select(r => ((ulong)r.Item1 << 12, (ulong)r.Item2 << 12, r.Item3)).ToArray());
            var ours = new MemoryKind[Pages];
            for (int i = 0; i < map.Count; i++)
            {
                if (i > 0 && (map[i].Base < map[i - 1].End || (map[i].Base == map[i - 1].End && map[i].Kind == map[i - 1].Kind)))
                    return false;
                for (ulong at = map[i].Base; at < map[i].End; at += 4096)
                    ours[at >> 12] = map[i].Kind;
            }

            return ours.SequenceEqual(naive);
        }).QuickCheckThrowOnFailure();
    }
}
