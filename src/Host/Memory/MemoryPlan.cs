namespace Lamina.Host;

/// <summary>
/// The memory plan: where in the 48-bit virtual address space of the host each thing lies (HVA). All is in the upper
/// half; the lower half, and so page 0, is not mapped once the machine is taken over.
/// </summary>
public static class MemoryPlan
{
    /// <summary>Bytes in the smallest page, and the unit of all maps.</summary>
    public const ulong PageSize = 4096;

    /// <summary>Bytes in a page that a level-2 entry maps.</summary>
    public const ulong LargePageSize = 2UL << 20;

    /// <summary>Bytes in a page that a level-3 entry maps.</summary>
    public const ulong HugePageSize = 1UL << 30;

    /// <summary>HVA of the running VM's RAM: guest-physical address 0 is here. One root-table entry (256) a VM.</summary>
    public const ulong GuestSlot = 0xFFFF_8000_0000_0000;

    /// <summary>The entry of the root table that is the running VM's own.</summary>
    public const int GuestSlotRootEntry = 256;

    /// <summary>The most guest-physical address space that a VM's slot shows, in bytes.</summary>
    public const ulong GuestSlotSize = 1UL << 39;

    /// <summary>HVA of host-physical address 0 in the map of memory that the hypervisor owns; only owned pages are present.</summary>
    public const ulong OwnedMemory = 0xFFFF_C000_0000_0000;

    /// <summary>HVA of host-physical address 0 in the map of device registers, uncached; mapped on request.</summary>
    public const ulong DeviceMemory = 0xFFFF_E000_0000_0000;

    /// <summary>The most host-physical address space that <see cref="OwnedMemory"/> and <see cref="DeviceMemory"/> reach, in bytes.</summary>
    public const ulong PhysicalWindowSize = 0x1F00_0000_0000;

    /// <summary>HVA where stacks begin, each with an unmapped guard page below.</summary>
    public const ulong Stacks = 0xFFFF_FF00_0000_0000;

    /// <summary>Bytes of a CPU's stack, the one that its loop runs on.</summary>
    public const ulong CpuStackSize = 64 << 10;

    /// <summary>Bytes of each stack that the interrupt stack table names (NMI, #DF, #MC).</summary>
    public const ulong InterruptStackSize = 16 << 10;

    /// <summary>HVA distance of one stack from the next; larger than any stack with its guard page.</summary>
    public const ulong StackSpacing = 1 << 20;

    /// <summary>HVA that the image is linked and runs at.</summary>
    public const ulong Image = 0xFFFF_FFFF_8000_0000;

    /// <summary>HPA that multiboot loaders put the image at.</summary>
    public const ulong MultibootLoadAddress = 2 << 20;

    /// <summary>Memory below this HPA is kept aside: firmware's data areas, and the trampoline of application processors later.</summary>
    public const ulong LowMemoryEnd = 1 << 20;
}
