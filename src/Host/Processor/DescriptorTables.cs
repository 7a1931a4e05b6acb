using System.Runtime.CompilerServices;
using Lamina.Core;

namespace Lamina.Host;

/// <summary>
/// A CPU's descriptor tables, the stacks that its interrupt stack table names, and the block that GS leads to: its first word is the CPU's <see cref="HostCpu"/>, which is
/// found by it where nobody could hand it down, in interrupts and faults (<see cref="HostCpu.Current"/>). Made by the CPU that booted, at boot; loaded by the CPU itself.
/// </summary>
public sealed unsafe class DescriptorTables
{
    private const int Pages = 2;

    // In the page of GDT and TSS, behind them.
    private const int OwnBlock = 256;

    private readonly HostPages _pages;
    private readonly ulong _nmiStack, _doubleFaultStack, _machineCheckStack;

    private DescriptorTables(in HostPages pages, ulong nmiStack, ulong doubleFaultStack, ulong machineCheckStack)
    {
        _pages = pages;
        _nmiStack = nmiStack;
        _doubleFaultStack = doubleFaultStack;
        _machineCheckStack = machineCheckStack;
    }

    /// <summary>Makes them, with their stacks.</summary>
    /// <returns>Null when there is no memory.</returns>
    public static DescriptorTables? TryCreate(HypervisorMemory memory, HostAddressSpace space, HostStacks stacks)
    {
        ulong nmi = stacks.Make(space, MemoryPlan.InterruptStackSize);
        ulong doubleFault = stacks.Make(space, MemoryPlan.InterruptStackSize);
        ulong machineCheck = stacks.Make(space, MemoryPlan.InterruptStackSize);
        return nmi != 0 && doubleFault != 0 && machineCheck != 0 && memory.TryAllocatePages(Pages, out HostPages pages)
            ? new DescriptorTables(pages, nmi, doubleFault, machineCheck)
            : null;
    }

    /// <summary>Loads them into the CPU that calls.</summary>
    public void Load() =>
        ProcessorSetup.LoadDescriptorTables(_pages.Virtual, _pages.Virtual + OwnBlock, _pages.Virtual + HostPages.PageSize, _nmiStack, _doubleFaultStack, _machineCheckStack);

    /// <summary>Says whose they are.</summary>
    public void Assign(HostCpu cpu)
    {
        // A reference in plain memory: nothing moves, there is no collector, and the CPU stays for good.
        *(nint*)(_pages.Virtual + OwnBlock) = Unsafe.As<HostCpu, nint>(ref cpu);
    }
}
