using System.Collections.Generic;
using System.Linq;
using FsCheck;
using FsCheck.Fluent;
using Lamina.Core;

namespace Lamina.Core.Tests.Paging;

public sealed class PageTableTests : System.IDisposable
{
    private const ulong Kib4 = 1UL << 12, Mib2 = 1UL << 21, Gib1 = 1UL << 30;
    private const MemoryAccess ReadExecute = MemoryAccess.Read | MemoryAccess.Execute;

    private readonly NativePages _pages = new();

    public void Dispose() => _pages.Dispose();

    private PageTable<HostPageFormat> Table(int largest = 3) => PageTable<HostPageFormat>.Create(_pages, largest)!;

    private static PageAttributes Attributes(MemoryAccess access, MemoryType type = MemoryType.WriteBack) => new(access, type);

    private static PageTranslation? Translate(PageTable<HostPageFormat> table, ulong address) =>
        table.TryTranslate(address, out var translation) ? translation : null;

    [Theory]
    [InlineData(3, 0x4000_0000UL, 0x8000_0000UL, Gib1)]
    [InlineData(2, 0x4000_0000UL, 0x8000_0000UL, Mib2)]
    [InlineData(3, 0x4020_0000UL, 0x8000_0000UL, Mib2)]
    [InlineData(3, 0x4000_1000UL, 0x8000_1000UL, Kib4)]
    [InlineData(3, 0x4000_0000UL, 0x8000_1000UL, Kib4)]
    public void ALargePageIsUsedWhereBothAddressesAreAligned(int largest, ulong address, ulong physical, ulong pageSize)
    {
        var table = Table(largest);
        table.TryMap(address, physical, Gib1, Attributes(MemoryAccess.All)).Should().BeTrue();
        var translation = Translate(table, address + 0x123)!.Value;
        translation.Physical.Should().Be(physical + 0x123);
        translation.PageSize.Should().Be(pageSize);
    }

    [Fact]
    public void HighHalfAddressesAreMapped()
    {
        var table = Table();
        const ulong address = 0xFFFF_FFFF_FFE0_0000;
        table.TryMap(address, Mib2, Mib2, Attributes(MemoryAccess.All)).Should().BeTrue();
        Translate(table, ulong.MaxValue)!.Value.Physical.Should().Be(2 * Mib2 - 1);
        table.TryUnmap(address, Mib2).Should().BeTrue();
        table.TablePages.Should().Be(1);
    }

    [Theory]
    [InlineData(MemoryAccess.Read, MemoryType.WriteBack)]
    [InlineData(MemoryAccess.ReadWrite, MemoryType.Uncached)]
    [InlineData(ReadExecute, MemoryType.WriteBack)]
    [InlineData(MemoryAccess.ReadWrite, MemoryType.WriteCombining)]
    public void AttributesComeBack(MemoryAccess access, MemoryType type)
    {
        var table = Table();
        table.TryMap(Mib2, Mib2, Mib2, Attributes(access, type));
        table.TryMap(Mib2, Gib1, Kib4, Attributes(MemoryAccess.All));
        var split = Translate(table, 2 * Mib2 - 1)!.Value;
        split.PageSize.Should().Be(Kib4);
        split.Attributes.Access.Should().Be(access);
        split.Attributes.Type.Should().Be(type);
    }

    [Fact]
    public void EntriesAreThoseOfTheManual()
    {
        HostPageFormat.EncodeTable(0x5000).Should().Be(0x5003);
        HostPageFormat.EncodePage(0x5000, 1, Attributes(MemoryAccess.All)).Should().Be(0x5003);
        HostPageFormat.EncodePage(0x5000, 1, Attributes(ReadExecute)).Should().Be(0x5001);
        HostPageFormat.EncodePage(0x20_0000, 2, Attributes(MemoryAccess.ReadWrite, MemoryType.Uncached)).Should().Be(0x8000_0000_0020_009B);
        HostPageFormat.EncodePage(0x4000_0000, 3, Attributes(MemoryAccess.Read, MemoryType.WriteCombining)).Should().Be(0x8000_0000_4000_0089);
    }

    [Fact]
    public void WithoutPagesNothingIsMappedAndNothingLost()
    {
        using var pages = new NativePages(3);
        var table = PageTable<HostPageFormat>.Create(pages, 3)!;
        table.TryMap(0, 0, Kib4, Attributes(MemoryAccess.All)).Should().BeFalse("root, two tables, and no page for the third");
        table.TryTranslate(0, out _).Should().BeFalse();
        table.TryMap(Gib1, 0, Mib2, Attributes(MemoryAccess.All)).Should().BeFalse();
        table.TryMap(2 * Gib1, 0, Gib1, Attributes(MemoryAccess.All)).Should().BeTrue();
        table.TryUnmap(2 * Gib1, Mib2).Should().BeFalse("the page cannot be split");
        table.TryTranslate(2 * Gib1, out _).Should().BeTrue();
        table.Free();
        pages.Taken.Should().Be(0);
        PageTable<HostPageFormat>.Create(new NativePages(0), 3).Should().BeNull();
    }

    [Fact]
    public void ASharedPartIsTheOwnersAlone()
    {
        var owner = Table();
        var other = Table();
        other.TryShare(owner, 0).Should().BeFalse("the owner has nothing there");
        owner.TryMap(Gib1, 0, Mib2, Attributes(MemoryAccess.All));
        other.TryShare(owner, 0).Should().BeTrue();
        owner.TryMap(2 * Gib1, Mib2, Kib4, Attributes(MemoryAccess.All));
        Translate(other, 2 * Gib1)!.Value.Physical.Should().Be(Mib2);
        other.Free();
        Translate(owner, Gib1)!.Value.Physical.Should().Be(0);
        owner.Free();
        _pages.Taken.Should().Be(0);
    }

    /// <summary>As the host's tables and those for a VM are: what is mapped later is seen there too.</summary>
    [Fact]
    public void AReservedPartCanBeSharedBeforeAnythingIsThere()
    {
        const ulong far = 600 * Gib1;
        var owner = Table();
        var other = Table();
        owner.TryReserve(far).Should().BeTrue();
        owner.TryReserve(far + Gib1).Should().BeTrue("it is the same part");
        (_pages.Taken, owner.TablePages).Should().Be((3, 2));
        other.TryShare(owner, far).Should().BeTrue();
        Translate(other, far).Should().BeNull();
        owner.TryMap(far, Mib2, Kib4, Attributes(MemoryAccess.All));
        Translate(other, far)!.Value.Physical.Should().Be(Mib2);
        other.Free();
        owner.Free();
        _pages.Taken.Should().Be(0);
    }

    /// <summary>The source maps what it has grown by with the very table that asks for a page, as <c>HypervisorMemory</c> does.</summary>
    [Fact]
    public void ASourceThatGrowsIntoThePartThatIsReservedLosesNothing()
    {
        PageTable<HostPageFormat>? table = null;
        var growing = new GrowingPages(_pages, () => table?.TryMap(600 * Gib1, Mib2, Kib4, Attributes(MemoryAccess.All)));
        table = PageTable<HostPageFormat>.Create(growing, 3)!;
        table.TryReserve(600 * Gib1).Should().BeTrue();
        Translate(table, 600 * Gib1)!.Value.Physical.Should().Be(Mib2);
        table.Free();
        _pages.Taken.Should().Be(0);
    }

    [Fact]
    public void WithoutAPageNothingIsReserved() => PageTable<HostPageFormat>.Create(new NativePages(1), 3)!.TryReserve(Gib1).Should().BeFalse();

    /// <summary>Before it gives a page it does something else with the table that asks.</summary>
    private sealed unsafe class GrowingPages(NativePages pages, System.Action grow) : PageSource
    {
        private bool _isGrowing;

        public override bool TryAllocatePages(int count, out HostPages taken)
        {
            if (!_isGrowing)
            {
                _isGrowing = true;
                grow();
                _isGrowing = false;
            }
            return pages.TryAllocatePages(count, out taken);
        }

        public override void FreePages(in HostPages given) => pages.FreePages(given);

        public override byte* VirtualOf(ulong physicalAddress) => pages.VirtualOf(physicalAddress);
    }

    /// <summary>One step: map or unmap a range, in units of a page size, so that ranges of all sizes meet.</summary>
    public sealed record Step(bool Map, int Unit, int Start, int Count, int Target, MemoryAccess Access)
    {
        private static readonly ulong[] Units = [Kib4, Mib2, Gib1];

        // Around the end of the first 512 GiB, so that all levels take part; all units begin at one place, so that they overlap.
        public ulong Address => 511 * Gib1 + (ulong)Start * Units[Unit];
        public ulong Length => (ulong)Count * Units[Unit];
        public ulong Physical => (ulong)Target * Mib2;
    }

    private static readonly Arbitrary<Step[]> Steps =
        (from map in Gen.Elements(true, true, false)
         from unit in Gen.Choose(0, 2)
         from start in Gen.Choose(0, unit == 0 ? 1030 : unit == 1 ? 600 : 3)
         from count in Gen.Choose(1, unit == 2 ? 3 : 520)
         from target in Gen.Choose(0, 2000)
         from access in Gen.Elements(MemoryAccess.All, MemoryAccess.ReadWrite, ReadExecute, MemoryAccess.Read)
         select new Step(map, unit, start, count, target, access)).ArrayOf().ToArbitrary();

    [Fact]
    public void AnySequenceOfMapsAndUnmapsEqualsTheLastOneThatSpeaksOfAnAddress() =>
        Prop.ForAll(Steps, steps =>
        {
            using var pages = new NativePages();
            var table = PageTable<HostPageFormat>.Create(pages, 3)!;
            foreach (var step in steps)
            {
                bool done = step.Map
                    ? table.TryMap(step.Address, step.Physical, step.Length, Attributes(step.Access))
                    : table.TryUnmap(step.Address, step.Length);
                done.Should().BeTrue();
            }

            foreach (ulong edge in steps.SelectMany(s => new[] { s.Address, s.Address + s.Length }).Append(511 * Gib1))
                foreach (ulong address in new[] { edge - 1, edge, edge + Kib4 - 1, edge + Mib2 })
                    (Translate(table, address) is { } t ? (t.Physical, t.Attributes.Access) : default((ulong, MemoryAccess)?))
                        .Should().Be(Expected(steps, address));

            table.TablePages.Should().Be(pages.Taken);
            if (steps.Length > 0)
            {
                table.TryUnmap(511 * Gib1, 8 * Gib1).Should().BeTrue();
                table.TablePages.Should().Be(1, "no empty table stays");
            }
            table.Free();
            pages.Taken.Should().Be(0);
        }).QuickCheckThrowOnFailure();

    private static (ulong Physical, MemoryAccess Access)? Expected(Step[] steps, ulong address)
    {
        var last = steps.LastOrDefault(s => address - s.Address < s.Length);
        return last is { Map: true } ? (last.Physical + (address - last.Address), last.Access) : null;
    }
}
