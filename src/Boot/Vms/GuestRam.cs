using System;
using Lamina.Core;
using Lamina.Host;

namespace Lamina.Boot;

/// <summary>
/// A VM's RAM while the VM is built: taken from the machine, mapped for the guest (GPA to HPA) and for the hypervisor (in the guest slot of a host table of
/// the VM's own), then cleared.
/// </summary>
internal sealed unsafe class GuestRam
{
    /// <summary>A fragmented machine may give RAM in many pieces; more than this is refused.</summary>
    private const int MostExtents = 256;

    private readonly PageTable<HostPageFormat> _hostTables;

    private GuestRam(PageTable<HostPageFormat> hostTables, GuestMemory memory)
    {
        _hostTables = hostTables;
        Memory = memory;
    }

    /// <summary>The RAM as the VM's devices and loaders see it; reachable once <see cref="HostRoot"/> is loaded.</summary>
    public GuestMemory Memory { get; }

    /// <summary>HPA of the VM's host root table.</summary>
    public ulong HostRoot => _hostTables.Root;

    /// <summary>
    /// Takes and maps RAM for the regions (ascending GPAs). Null, with the problem in words, when the machine has not enough; the VM is not started then, and what
    /// was taken stays taken.
    /// </summary>
    public static GuestRam? TryCreate(
        HostMemory machine, HostAddressSpace shared, GuestAddressSpace addressSpace, GuestMemoryRegion[] regions, out string problem)
    {
        problem = "there is not enough memory for its page tables";
        ulong size = 0;
        foreach (var region in regions) size += region.Length;

        var tables = shared.CreateForVm();
        if (tables is null) return null;

        var extents = new PhysicalExtent[MostExtents];
        int count = machine.AllocateGuestRam(size, extents);
        if (count < 0)
        {
            problem = "there is not enough memory for its RAM";
            return null;
        }

        if (!TryMap(tables, addressSpace, regions, extents.AsSpan(0, count))) return null;
        problem = "";
        return new GuestRam(tables, new GuestMemory((byte*)MemoryPlan.GuestSlot, regions));
    }

    /// <summary>Clears all of it. <see cref="HostRoot"/> must be loaded.</summary>
    public void Clear()
    {
        foreach (ref readonly var region in Memory.Regions) Memory.TryClear(region.Start, region.Length);
    }

    /// <summary>Lays the extents, one after the other, under the regions.</summary>
    private static bool TryMap(
        PageTable<HostPageFormat> tables, GuestAddressSpace addressSpace, GuestMemoryRegion[] regions, ReadOnlySpan<PhysicalExtent> extents)
    {
        var attributes = new PageAttributes(MemoryAccess.ReadWrite, MemoryType.WriteBack);
        int extent = 0;
        ulong used = 0;
        foreach (var region in regions)
        {
            ulong gpa = region.Start;
            while (gpa < region.End)
            {
                if (used == extents[extent].Length)
                {
                    extent++;
                    used = 0;
                }
                ulong length = Math.Min(region.End - gpa, extents[extent].Length - used);
                ulong hpa = extents[extent].Start + used;
                if (!addressSpace.TryMap(gpa, hpa, length, MemoryAccess.All) || !tables.TryMap(MemoryPlan.GuestSlot + gpa, hpa, length, attributes)) return false;
                gpa += length;
                used += length;
            }
        }
        return true;
    }
}
