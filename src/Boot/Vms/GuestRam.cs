using System;
using Lamina.Core;
using Lamina.Host;

namespace Lamina.Boot;

/// <summary>
/// A VM's RAM and its two translations: taken from the machine, mapped for the guest (GPA to HPA) and for the hypervisor (in the guest slot of a host table of
/// the VM's own), cleared before it is used and before it is given back.
/// </summary>
internal sealed unsafe class GuestRam
{
    /// <summary>How much one step clears: less than a millisecond's work.</summary>
    private const ulong StepBytes = 2 << 20;

    /// <summary>A fragmented machine may give RAM in many pieces; more than this is refused.</summary>
    private const int MostExtents = 256;

    private readonly HostMemory _machine;
    private readonly PageTable<HostPageFormat> _hostTables;
    private readonly PhysicalExtent[] _extents = new PhysicalExtent[MostExtents];
    private int _extentCount;
    private ulong _cleared;

    private GuestRam(HostMemory machine, PageTable<HostPageFormat> hostTables, GuestAddressSpace addressSpace, GuestMemoryRegion[] regions)
    {
        _machine = machine;
        _hostTables = hostTables;
        AddressSpace = addressSpace;
        Memory = new GuestMemory((byte*)MemoryPlan.GuestSlot, regions);
    }

    /// <summary>The RAM as the VM's devices and loaders see it; reachable once <see cref="HostRoot"/> is loaded.</summary>
    public GuestMemory Memory { get; }

    /// <summary>The RAM as the guest sees it.</summary>
    public GuestAddressSpace AddressSpace { get; }

    /// <summary>HPA of the VM's host root table.</summary>
    public ulong HostRoot => _hostTables.Root;

    /// <summary>
    /// Takes and maps RAM for the regions (ascending GPAs). Null, with the problem in words, when the machine has not enough; nothing is kept then.
    /// </summary>
    public static GuestRam? TryCreate(
        HostMemory machine, HostAddressSpace shared, ProcessorBackend backend, GuestMemoryRegion[] regions, out string problem)
    {
        problem = "there is not enough memory for its page tables";
        var addressSpace = backend.CreateAddressSpace(machine);
        var tables = addressSpace is null ? null : shared.CreateForVm();
        if (tables is null)
        {
            addressSpace?.Free();
            return null;
        }

        var ram = new GuestRam(machine, tables, addressSpace!, regions);
        int count = machine.AllocateGuestRam(ram.Memory.Size, ram._extents);
        if (count < 0) problem = "there is not enough memory for its RAM";
        ram._extentCount = Math.Max(count, 0);
        if (count >= 0 && ram.TryMap(regions))
        {
            problem = "";
            return ram;
        }
        ram.Free();
        return null;
    }

    /// <summary>Clears a bounded part of it; false when all is cleared, and the next call begins again. <see cref="HostRoot"/> must be loaded.</summary>
    public bool ClearSome()
    {
        ulong skipped = 0;
        foreach (ref readonly var region in Memory.Regions)
        {
            if (_cleared - skipped < region.Length)
            {
                ulong done = _cleared - skipped;
                ulong length = Math.Min(StepBytes, region.Length - done);
                Memory.TryClear(region.Start + done, length);
                _cleared += length;
                return true;
            }
            skipped += region.Length;
        }
        _cleared = 0;
        return false;
    }

    /// <summary>Gives all of it back, both translations too. <see cref="HostRoot"/> must not be loaded.</summary>
    public void Free()
    {
        AddressSpace.Free();
        _hostTables.Free();
        _machine.FreeGuestRam(_extents.AsSpan(0, _extentCount));
        _extentCount = 0;
    }

    /// <summary>Lays the extents, one after the other, under the regions.</summary>
    private bool TryMap(GuestMemoryRegion[] regions)
    {
        var attributes = new PageAttributes(MemoryAccess.ReadWrite, MemoryType.WriteBack);
        int extent = 0;
        ulong used = 0;
        foreach (var region in regions)
        {
            ulong gpa = region.Start;
            while (gpa < region.End)
            {
                if (used == _extents[extent].Length)
                {
                    extent++;
                    used = 0;
                }
                ulong length = Math.Min(region.End - gpa, _extents[extent].Length - used);
                ulong hpa = _extents[extent].Start + used;
                if (!AddressSpace.TryMap(gpa, hpa, length, MemoryAccess.All) || !_hostTables.TryMap(MemoryPlan.GuestSlot + gpa, hpa, length, attributes)) return false;
                gpa += length;
                used += length;
            }
        }
        return true;
    }
}
