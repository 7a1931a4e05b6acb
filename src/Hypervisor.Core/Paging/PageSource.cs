namespace Lamina.Core;

/// <summary>Where page tables get their pages. Called at boot, and when a VM is built or ends; never on the exit way.</summary>
public abstract unsafe class PageSource
{
    /// <summary>
    /// Pages for the hypervisor itself: contiguous, cleared, mapped. They count against its own 8 MiB. False when there are none.
    /// </summary>
    public abstract bool TryAllocatePages(int count, out HostPages pages);

    /// <summary>Takes pages back. They need not be cleared.</summary>
    public abstract void FreePages(in HostPages pages);

    /// <summary>The HVA at which owned physical memory is mapped.</summary>
    public abstract byte* VirtualOf(ulong physicalAddress);
}
