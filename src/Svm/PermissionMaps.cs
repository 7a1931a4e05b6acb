using System;
using Lamina.Core;

namespace Lamina.Svm;

/// <summary>
/// The MSR and I/O permission maps, the same for every VM (AMD APM vol. 2, 15.10 and 15.11): all ports exit, and all MSRs but those that VMLOAD and VMSAVE
/// switch, whose values hardware checks by itself.
/// </summary>
internal sealed unsafe class PermissionMaps
{
    private const int MsrPages = 2, IoPages = 3;

    /// <summary>The ranges that the map speaks of; MSRs outside of them always exit. 2048 bytes each, 2 bits an MSR: read, write.</summary>
    private const int RangeBytes = 0x800, MsrsPerRange = 0x2000;
    private const uint SecondRange = 0xC000_0000, ThirdRange = 0xC001_0000;

    private PermissionMaps(in HostPages msr, in HostPages io)
    {
        Msr = msr.Physical;
        Io = io.Physical;
        new Span<byte>(msr.Virtual, MsrPages * HostPages.PageSize).Fill(0xFF);
        new Span<byte>(io.Virtual, IoPages * HostPages.PageSize).Fill(0xFF);
        foreach (uint index in SwitchedMsr.ByVmload) Allow(msr.Virtual, index);
    }

    /// <summary>HPA of the MSR permission map.</summary>
    internal ulong Msr { get; }

    /// <summary>HPA of the I/O permission map.</summary>
    internal ulong Io { get; }

    /// <summary>Makes the maps; null when there are no pages left.</summary>
    internal static PermissionMaps? Create(PageSource pages)
    {
        if (!pages.TryAllocatePages(MsrPages, out var msr)) return null;
        if (pages.TryAllocatePages(IoPages, out var io)) return new PermissionMaps(msr, io);
        pages.FreePages(msr);
        return null;
    }

    /// <summary>Where an MSR's two bits are: a bit number in the map, or -1 when it is outside of the ranges.</summary>
    internal static int BitOf(uint msr)
    {
        int range = msr < MsrsPerRange ? 0 : msr - SecondRange < MsrsPerRange ? 1 : msr - ThirdRange < MsrsPerRange ? 2 : -1;
        return range < 0 ? -1 : range * RangeBytes * 8 + (int)(msr % MsrsPerRange) * 2;
    }

    private static void Allow(byte* map, uint msr)
    {
        int bit = BitOf(msr);
        map[bit / 8] &= (byte)~(3 << bit % 8);
    }
}
