using Lamina.Core;
using Lamina.Core.Tests.Paging;

namespace Lamina.Ept.Tests;

public class EptFormatTests
{
    private static readonly PageAttributes[] All =
    [
        new(MemoryAccess.Read, MemoryType.WriteBack), new(MemoryAccess.ReadWrite, MemoryType.Uncached),
        new(MemoryAccess.Read | MemoryAccess.Execute, MemoryType.WriteCombining), new(MemoryAccess.All, MemoryType.WriteBack),
    ];

    [Fact]
    public void EptEntriesAreThoseOfTheManual()
    {
        EptFormat.EncodeTable(0x5000).Should().Be(0x5007);
        EptFormat.EncodePage(0x5000, 1, new(MemoryAccess.All, MemoryType.WriteBack)).Should().Be(0x5037);
        EptFormat.EncodePage(0x20_0000, 2, new(MemoryAccess.ReadWrite, MemoryType.Uncached)).Should().Be(0x20_0083);
        EptFormat.EncodePage(0x4000_0000, 3, new(MemoryAccess.Read, MemoryType.WriteCombining)).Should().Be(0x4000_0089);
        EptFormat.IsPresent(0).Should().BeFalse();
        EptFormat.IsPage(0x5037, 1).Should().BeTrue();
        EptFormat.IsPage(0x5007, 2).Should().BeFalse();
        EptFormat.IsPage(0x20_0083, 2).Should().BeTrue();
    }

    [Fact]
    public void APageCanBeExecutedAndNotRead()
    {
        ulong entry = EptFormat.EncodePage(0x5000, 1, new(MemoryAccess.Execute, MemoryType.WriteBack));
        entry.Should().Be(0x5034);
        EptFormat.IsPresent(entry).Should().BeTrue();
        EptFormat.DecodePage(entry, 1).Access.Should().Be(MemoryAccess.Execute);
        EptFormat.EncodePage(0x5000, 1, new(MemoryAccess.Write, MemoryType.WriteBack)).Should().Be(0x5033, "a page that is written and not read is none");
        EptFormat.EncodePage(0x5000, 1, new(MemoryAccess.None, MemoryType.WriteBack)).Should().Be(0x5031);
    }

    [Theory]
    [InlineData(true, MemoryAccess.Execute)]
    [InlineData(false, MemoryAccess.Read | MemoryAccess.Execute)]
    public void ExecuteOnlyPagesAreMadeWhereTheCpuHasThem(bool executeOnly, MemoryAccess access)
    {
        using var pages = new NativePages();
        var space = NestedPageTables<EptFormat>.Create(pages, 2, executeOnly)!;
        space.TryMap(0x20_0000, 0x1_0020_0000, 0x20_0000, MemoryAccess.Execute).Should().BeTrue();
        space.TryUnmap(0x20_0000, 0x1000).Should().BeTrue();
        space.TryTranslate(0x20_1000, out var small).Should().BeTrue();
        small.Attributes.Access.Should().Be(access, "a page that is split keeps what it was");
        space.Free();
    }

    [Fact]
    public void WhatTheCpuNotesInAnEntryChangesNothing()
    {
        const ulong noted = (ulong)(EptEntry.Accessed | EptEntry.Dirty);
        ((ulong)EptEntry.Accessed, (ulong)EptEntry.Dirty).Should().Be((0x100UL, 0x200UL));
        foreach (var attributes in All)
            EptFormat.DecodePage(EptFormat.EncodePage(0x4000_0000, 2, attributes) | noted, 2).Should().Be(attributes);
        EptFormat.IsPresent(noted).Should().BeFalse();
        EptFormat.IsPage(EptFormat.EncodeTable(0x5000) | noted, 2).Should().BeFalse();
    }

    [Fact]
    public void NestedEntriesAreTheHostsForUsers()
    {
        NestedPageFormat.EncodeTable(0x5000).Should().Be(0x5007);
        NestedPageFormat.EncodePage(0x5000, 1, new(MemoryAccess.All, MemoryType.WriteBack)).Should().Be(0x5007);
        NestedPageFormat.EncodePage(0x20_0000, 2, new(MemoryAccess.ReadWrite, MemoryType.Uncached)).Should().Be(0x8000_0000_0020_009F);
    }

    [Fact]
    public void AttributesComeBackFromBothFormats()
    {
        foreach (var attributes in All)
        {
            for (int level = 1; level <= 3; level++)
            {
                EptFormat.DecodePage(EptFormat.EncodePage(0x4000_0000, level, attributes), level).Should().Be(attributes);
                NestedPageFormat.DecodePage(NestedPageFormat.EncodePage(0x4000_0000, level, attributes), level).Should().Be(attributes);
            }
        }
    }

    [Fact]
    public void AnAddressSpaceMapsInLargePagesAndGivesAllBack()
    {
        using var pages = new NativePages();
        var space = NestedPageTables<EptFormat>.Create(pages, 2)!;
        space.TryMap(0, 0x1_0000_0000, 0x40_1000, MemoryAccess.All).Should().BeTrue();
        space.TryTranslate(0x20_1234, out var large).Should().BeTrue();
        large.Physical.Should().Be(0x1_0020_1234);
        large.PageSize.Should().Be(0x20_0000);
        space.TryTranslate(0x40_0FFF, out var small).Should().BeTrue();
        small.PageSize.Should().Be(0x1000);
        space.TryTranslate(0x40_1000, out _).Should().BeFalse();
        space.TablePages.Should().Be(4);
        space.TryUnmap(0, 0x40_1000).Should().BeTrue();
        space.TablePages.Should().Be(1);
        space.Free();
        pages.Taken.Should().Be(0);
    }
}
