using System;

namespace Lamina.Core;

/// <summary>
/// The machine's physical memory as the rooms above Host see it: pages for the hypervisor's own tables, and RAM for guests.
/// Called at boot, and when a VM is built or ends; never on the exit way.
/// </summary>
public abstract unsafe class HostMemory : PageSource
{
    /// <summary>The HPA of an address inside pages given out here.</summary>
    public abstract ulong PhysicalOf(void* address);

    /// <summary>
    /// RAM for a guest, in the largest aligned pieces that there are (1 GiB, 2 MiB, 4 KiB). It is neither mapped nor cleared.
    /// Returns how many <paramref name="extents"/> were filled, or -1, and nothing given, when there is not enough.
    /// </summary>
    public abstract int AllocateGuestRam(ulong length, Span<PhysicalExtent> extents);

    /// <summary>Takes a guest's RAM back.</summary>
    public abstract void FreeGuestRam(ReadOnlySpan<PhysicalExtent> extents);

    /// <summary>How much RAM could still be given to guests, in bytes.</summary>
    public abstract ulong AvailableGuestRam { get; }

    /// <summary>How much of what the hypervisor holds is not in use now, in bytes.</summary>
    public abstract ulong SpareBytes { get; }

    /// <summary>How much the hypervisor itself holds, in bytes: image, heap, stacks, tables.</summary>
    public abstract ulong OwnBytes { get; }
}
