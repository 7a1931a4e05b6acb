using System;
using Lamina.Core;

namespace Lamina.Vmx;

/// <summary>
/// The MSR and I/O bitmaps, the same for every VM (Intel SDM vol. 3, 25.6.4 and 25.6.9): all ports exit, and all MSRs but those that are switched with a vCPU,
/// whose values hardware checks by itself.
/// </summary>
internal sealed unsafe class PermissionMaps
{
    private const int MsrPages = 2, IoPages = 2;

    /// <summary>The ranges that the bitmap speaks of; MSRs outside of them always exit. 1024 bytes each, 1 bit an MSR; those for reads, then those for writes.</summary>
    private const int RangeBytes = 0x400, MsrsPerRange = 0x2000, WriteBytes = 2 * RangeBytes;
    private const uint SecondRange = 0xC000_0000;

    private PermissionMaps(in HostPages msr, in HostPages io)
    {
        Msr = msr.Physical;
        Io = io.Physical;
        X2ApicMsr = msr.Physical + HostPages.PageSize;
        byte* x2Apic = msr.Virtual + HostPages.PageSize;
        new Span<byte>(msr.Virtual, MsrPages * HostPages.PageSize).Fill(0xFF);
        new Span<byte>(io.Virtual, IoPages * HostPages.PageSize).Fill(0xFF);
        AllowSwitched(msr.Virtual);
        AllowSwitched(x2Apic);
        for (uint register = 0; register < LocalApic.MsrCount; register++)
            if (LocalApic.IsReadFromPage((LocalApicRegister)register)) Allow(x2Apic, LocalApic.FirstMsr + register);
        // What hardware does all by itself (Intel SDM vol. 3, 30.5).
        Allow(x2Apic + WriteBytes, LocalApic.FirstMsr + (uint)LocalApicRegister.TaskPriority);
        Allow(x2Apic + WriteBytes, LocalApic.FirstMsr + (uint)LocalApicRegister.EndOfInterrupt);
        Allow(x2Apic + WriteBytes, LocalApic.FirstMsr + (uint)LocalApicRegister.SelfInterrupt);
    }

    /// <summary>HPA of the MSR bitmap.</summary>
    internal ulong Msr { get; }

    /// <summary>HPA of the MSR bitmap for a vCPU whose x2APIC registers are virtualized: most of those are read without an exit, three are written so.</summary>
    internal ulong X2ApicMsr { get; }

    /// <summary>HPA of I/O bitmap A, for ports below 8000; B, for those from there on, is the page behind it.</summary>
    internal ulong Io { get; }

    /// <summary>Makes the maps; null when there are no pages left.</summary>
    internal static PermissionMaps? Create(PageSource pages)
    {
        if (!pages.TryAllocatePages(MsrPages, out var msr)) return null;
        if (pages.TryAllocatePages(IoPages, out var io)) return new PermissionMaps(msr, io);
        pages.FreePages(msr);
        return null;
    }

    /// <summary>Where an MSR's bit for reads is: a bit number in the bitmap, or -1 when it is outside of the ranges.</summary>
    internal static int BitOf(uint msr)
    {
        int range = msr < MsrsPerRange ? 0 : msr - SecondRange < MsrsPerRange ? 1 : -1;
        return range < 0 ? -1 : range * RangeBytes * 8 + (int)(msr % MsrsPerRange);
    }

    private static void AllowSwitched(byte* map)
    {
        foreach (uint index in SwitchedMsr.InVmcs) AllowBoth(map, index);
        foreach (uint index in SwitchedMsr.Lazy) AllowBoth(map, index);
    }

    private static void AllowBoth(byte* map, uint msr)
    {
        Allow(map, msr);
        Allow(map + WriteBytes, msr);
    }

    /// <summary>Bounds: the bit of an MSR in one of the two ranges, in a half of the page that <paramref name="half"/> begins.</summary>
    private static void Allow(byte* half, uint msr)
    {
        int bit = BitOf(msr);
        half[bit / 8] &= (byte)~(1 << bit % 8);
    }
}
