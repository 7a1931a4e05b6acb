using System;
using System.Linq;
using Lamina.Core;

namespace Lamina.Vmx.Tests;

public sealed unsafe class PermissionMapsTests : IDisposable
{
    private const int WriteBits = 0x800 * 8;

    private readonly VmxFixture _vmx = new();

    public void Dispose() => _vmx.Dispose();

    /// <summary>Intel SDM vol. 3, 25.6.9: where each range begins.</summary>
    [Theory]
    [InlineData(0x0000_0000u, 0)]
    [InlineData(0x0000_0175u, 0x175)]
    [InlineData(0x0000_1FFFu, 0x3FF * 8 + 7)]
    [InlineData(0xC000_0000u, 0x400 * 8)]
    [InlineData(0xC000_0102u, 0x400 * 8 + 0x102)]
    [InlineData(0xC000_1FFFu, 0x7FF * 8 + 7)]
    [InlineData(0x0000_2000u, -1)]
    [InlineData(0xC000_2000u, -1)]
    [InlineData(0xC001_0000u, -1)]
    [InlineData(0x4000_0000u, -1)]
    public void AnMsrsBitIsWhereTheManualHasIt(uint msr, int bit) => PermissionMaps.BitOf(msr).Should().Be(bit);

    private static int[] Switched => [.. SwitchedMsr.InVmcs.ToArray().Concat(SwitchedMsr.Lazy.ToArray())
        .SelectMany(msr => new[] { PermissionMaps.BitOf(msr), WriteBits + PermissionMaps.BitOf(msr) })];

    /// <summary>What of an MSR bitmap does not exit.</summary>
    private int[] FreeIn(ulong map)
    {
        var bytes = new ReadOnlySpan<byte>(_vmx.Pages.VirtualOf(map), HostPages.PageSize).ToArray();
        return [.. Enumerable.Range(0, bytes.Length * 8).Where(bit => (bytes[bit / 8] >> bit % 8 & 1) == 0)];
    }

    [Fact]
    public void OnlyTheSwitchedMsrsAreReachedWithoutAnExit() => FreeIn(_vmx.Maps.Msr).Should().BeEquivalentTo(Switched);

    /// <summary>What the virtual-APIC page cannot answer, or somebody must hear of, exits (Intel SDM vol. 3, 30.5).</summary>
    [Fact]
    public void OfX2ApicsMsrsThoseInThePageAreReadAndThreeWrittenWithoutAnExit()
    {
        var read = Enumerable.Range(0x800, 0x100).Where(msr => LocalApic.IsReadFromPage((LocalApicRegister)(msr - 0x800)));
        int[] written = [WriteBits + 0x808, WriteBits + 0x80B, WriteBits + 0x83F];
        FreeIn(_vmx.Maps.X2ApicMsr).Should().BeEquivalentTo(Switched.Concat(read).Concat(written)).And.Contain(0x802).And.NotContain(0x839);
    }

    [Fact]
    public void AllPortsExit() =>
        new ReadOnlySpan<byte>(_vmx.Pages.VirtualOf(_vmx.Maps.Io), 2 * HostPages.PageSize).ContainsAnyExcept((byte)0xFF).Should().BeFalse();

    [Fact]
    public void WithoutPagesThereAreNoMaps()
    {
        using var pages = new Core.Tests.Paging.NativePages(2);
        PermissionMaps.Create(pages).Should().BeNull();
        pages.Taken.Should().Be(0);
    }
}
