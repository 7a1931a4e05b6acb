using System;

namespace Lamina.Host;

/// <summary>
/// What firmware left in memory, after the machine is taken over: mapped read-only as it is asked for. RAM that is or was free is refused, as it is
/// ours or a guest's.
/// </summary>
public sealed unsafe class FirmwareMemory(HostAddressSpace space, MemoryMap map) : PhysicalBytes
{
    /// <inheritdoc/>
    public override bool TryView(ulong address, int length, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (address == 0 || length <= 0 || address > MemoryMap.AddressLimit - (ulong)length)
            return false;
        for (ulong page = address & ~(MemoryPlan.PageSize - 1); page < address + (ulong)length; page += MemoryPlan.PageSize)
        {
            if (map.StrictestAt(page) is not (MemoryKind.None or MemoryKind.AcpiReclaimable or MemoryKind.AcpiNvs or MemoryKind.Reserved))
                return false;
        }

        if (!space.TryMapReadOnly(address, (ulong)length, out byte* start))
            return false;
        bytes = new ReadOnlySpan<byte>(start, length);
        return true;
    }
}
