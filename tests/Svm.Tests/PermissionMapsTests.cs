using System;
using System.Linq;
using Lamina.Core;

namespace Lamina.Svm.Tests;

public sealed unsafe class PermissionMapsTests : IDisposable
{
    private readonly SvmFixture _svm = new();

    public void Dispose() => _svm.Dispose();

    /// <summary>AMD APM vol. 2, 15.11, table 15-9: where each range begins.</summary>
    [Theory]
    [InlineData(0x0000_0000u, 0x0000 * 8)]
    [InlineData(0x0000_0175u, 0x0000 * 8 + 0x175 * 2)]
    [InlineData(0x0000_1FFFu, 0x07FF * 8 + 6)]
    [InlineData(0xC000_0000u, 0x0800 * 8)]
    [InlineData(0xC000_0102u, 0x0800 * 8 + 0x102 * 2)]
    [InlineData(0xC001_1FFFu, 0x17FF * 8 + 6)]
    [InlineData(0x0000_2000u, -1)]
    [InlineData(0xC000_2000u, -1)]
    [InlineData(0x4000_0000u, -1)]
    public void AnMsrsBitsAreWhereTheManualHasThem(uint msr, int bit) => PermissionMaps.BitOf(msr).Should().Be(bit);

    [Fact]
    public void OnlyTheSwitchedMsrsAreReachedWithoutAnExit()
    {
        var map = new ReadOnlySpan<byte>(_svm.Pages.VirtualOf(_svm.Maps.Msr), 0x2000).ToArray();
        var free = Enumerable.Range(0, map.Length * 8).Where(bit => (map[bit / 8] >> bit % 8 & 1) == 0).ToArray();
        free.Should().BeEquivalentTo(SwitchedMsr.ByVmload.ToArray().SelectMany(msr => new[] { PermissionMaps.BitOf(msr), PermissionMaps.BitOf(msr) + 1 }));
    }

    [Fact]
    public void AllPortsExit() =>
        new ReadOnlySpan<byte>(_svm.Pages.VirtualOf(_svm.Maps.Io), 3 * HostPages.PageSize).ContainsAnyExcept((byte)0xFF).Should().BeFalse();

    [Fact]
    public void WithoutPagesThereAreNoMaps()
    {
        using var pages = new Core.Tests.Paging.NativePages(4);
        PermissionMaps.Create(pages).Should().BeNull();
        pages.Taken.Should().Be(0);
    }
}
