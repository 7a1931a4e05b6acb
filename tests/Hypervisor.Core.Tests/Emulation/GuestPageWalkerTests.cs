using System;
using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using Lamina.Core;
using Lamina.Testing;

namespace Lamina.Core.Tests.Emulation;

public sealed class GuestPageWalkerTests : IDisposable
{
    private const int Pages = 16;
    private const int PageSize = 4096;

    private readonly TestMemory _memory = new(Pages * PageSize);

    public void Dispose() => _memory.Dispose();

    public enum Format
    {
        Off,
        Legacy,
        LegacyWithLargePages,
        Pae,
        FourLevels,
        FiveLevels,
    }

    /// <summary>Random tables, most of whose entries lead somewhere, in every format: same address or same fault, and same bits set.</summary>
    [Theory]
    [InlineData(Format.Off)]
    [InlineData(Format.Legacy)]
    [InlineData(Format.LegacyWithLargePages)]
    [InlineData(Format.Pae)]
    [InlineData(Format.FourLevels)]
    [InlineData(Format.FiveLevels)]
    public void A_walk_is_what_the_manual_says(Format format)
    {
        int translated = 0, faulted = 0;
        var seeds = ArbMap.Default.ArbFor<int>();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll(seeds, seed =>
        {
            var random = new Random(seed);
            var paging = RandomState(random, format);
            FillTables(random, paging.HasLongEntries ? 8 : 4, paging);
            byte[] copy = _memory.Bytes.ToArray();
            for (int i = 0; i < 24; i++)
            {
                ulong linear = RandomAddress(random, format);
                var access = RandomAccess(random);
                var walk = GuestPageWalker.Translate(_memory.Guest, paging, linear, access);
                var (physical, code) = new PageWalkModel(copy, paging, access).Walk(linear);

                walk.Status.Should().Be(physical is null ? PageWalkStatus.PageFault : PageWalkStatus.Translated);
                if (physical is { } found) walk.GuestPhysical.Should().Be(found);
                else ((uint)walk.ErrorCode).Should().Be(code);
                _memory.Bytes.SequenceEqual(copy).Should().BeTrue("accessed and dirty bits are the same");
                if (physical is null) faulted++; else translated++;
            }
        }));
        translated.Should().BeGreaterThan(100);
        if (format != Format.Off) faulted.Should().BeGreaterThan(100);
    }

    [Theory]
    [InlineData(0x0000_7FFF_FFFF_FFFF, false, true)]
    [InlineData(0x0000_8000_0000_0000, false, false)]
    [InlineData(0xFFFF_7FFF_FFFF_FFFF, false, false)]
    [InlineData(0xFFFF_8000_0000_0000, false, true)]
    [InlineData(0x0000_8000_0000_0000, true, true)]
    [InlineData(0x0100_0000_0000_0000, true, false)]
    [InlineData(0xFEFF_FFFF_FFFF_FFFF, true, false)]
    [InlineData(0xFF00_0000_0000_0000, true, true)]
    public void Addresses_have_to_be_canonical(ulong linear, bool fiveLevels, bool isCanonical)
    {
        var paging = State(fiveLevels ? Format.FiveLevels : Format.FourLevels);
        var walk = GuestPageWalker.Translate(_memory.Guest, paging, linear, MemoryAccess.Read);
        walk.Status.Should().Be(isCanonical ? PageWalkStatus.PageFault : PageWalkStatus.NonCanonical, "there are no tables");
    }

    [Fact]
    public void Tables_where_there_is_no_ram_read_as_ones()
    {
        var paging = State(Format.FourLevels);
        paging.Cr3 = 0x100_0000;
        paging.PhysicalAddressBits = 40;
        GuestPageWalker.Translate(_memory.Guest, paging, 0x1234, MemoryAccess.Write).ErrorCode
            .Should().Be(PageFaultCode.Present | PageFaultCode.Reserved | PageFaultCode.Write);
    }

    private static PagingState State(Format format) => new()
    {
        Cr0 = format == Format.Off ? Cr0.ProtectionEnable : Cr0.ProtectionEnable | Cr0.Paging,
        Cr4 = format switch
        {
            Format.LegacyWithLargePages => Cr4.PageSizeExtensions,
            Format.Pae or Format.FourLevels => Cr4.PhysicalAddressExtension,
            Format.FiveLevels => Cr4.PhysicalAddressExtension | Cr4.LinearAddress57,
            _ => 0,
        },
        Efer = format >= Format.FourLevels ? Efer.LongModeActive | Efer.LongModeEnable : 0,
        PhysicalAddressBits = 52,
    };

    private static PagingState RandomState(Random random, Format format)
    {
        var paging = State(format);
        if (random.Next(2) == 0) paging.Cr0 |= Cr0.WriteProtect;
        if (random.Next(2) == 0) paging.Cr4 |= Cr4.SupervisorExecutionPrevention;
        if (random.Next(2) == 0) paging.Cr4 |= Cr4.SupervisorAccessPrevention;
        if (random.Next(2) == 0) paging.Efer |= Efer.NoExecuteEnable;
        paging.AllowsUserPages = random.Next(2) == 0;
        paging.PhysicalAddressBits = random.Next(4) switch { 0 => 36, 1 => 40, 2 => 48, _ => 52 };
        paging.Cr3 = (ulong)random.Next(Pages) * PageSize | (uint)random.Next(PageSize) & (format == Format.Pae ? 0xFF8u : 0xFFF);
        return paging;
    }

    private static ulong RandomAddress(Random random, Format format)
    {
        ulong linear = (ulong)random.NextInt64();
        return format switch
        {
            Format.FourLevels => (ulong)((long)(linear << 16) >> 16),
            Format.FiveLevels => (ulong)((long)(linear << 7) >> 7),
            _ => linear & uint.MaxValue,
        };
    }

    private static MemoryAccess RandomAccess(Random random)
    {
        var access = random.Next(4) switch
        {
            0 => MemoryAccess.Read,
            1 => MemoryAccess.Write,
            2 => MemoryAccess.ReadWrite,
            _ => MemoryAccess.Execute,
        };
        return random.Next(2) == 0 ? access | MemoryAccess.User : access;
    }

    /// <summary>Every entry of every page leads to one of the pages, nearly always present; now and then with a bit more.</summary>
    private void FillTables(Random random, int entrySize, in PagingState paging)
    {
        var bytes = _memory.Bytes;
        for (int at = 0; at < bytes.Length; at += entrySize)
        {
            ulong entry = (ulong)random.Next(Pages) * PageSize;
            if (random.Next(16) != 0) entry |= 1;
            // In PAE's root the right to write is a reserved bit: leave it out there most of the time.
            if (random.Next(8) != 0 && !paging.IsPae) entry |= 6;
            else if (random.Next(3) == 0) entry |= (ulong)random.Next(4) << 1;
            if (random.Next(8) == 0) entry |= (ulong)random.Next(16) << 5;
            if (random.Next(12) == 0) entry |= 1 << 7;
            if (random.Next(30) == 0) entry |= 1UL << random.Next(64);
            if (random.Next(30) == 0) entry |= 1UL << 63;
            if (entrySize == 8) BinaryPrimitives.WriteUInt64LittleEndian(bytes[at..], entry);
            else BinaryPrimitives.WriteUInt32LittleEndian(bytes[at..], (uint)entry);
        }
    }
}
