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

    [Fact]
    public void OnlyTheSwitchedMsrsAreReachedWithoutAnExit()
    {
        var map = new ReadOnlySpan<byte>(_vmx.Pages.VirtualOf(_vmx.Maps.Msr), HostPages.PageSize).ToArray();
        var free = Enumerable.Range(0, map.Length * 8).Where(bit => (map[bit / 8] >> bit % 8 & 1) == 0).ToArray();
        var switched = SwitchedMsr.InVmcs.ToArray().Concat(SwitchedMsr.Lazy.ToArray());
        free.Should().BeEquivalentTo(switched.SelectMany(msr => new[] { PermissionMaps.BitOf(msr), WriteBits + PermissionMaps.BitOf(msr) }));
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
