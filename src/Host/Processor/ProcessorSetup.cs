using Lamina.Core;

namespace Lamina.Host;

/// <summary>Puts a CPU into the state that the hypervisor runs in: our page tables, our descriptor tables, write protection and no-execute on.</summary>
public static unsafe class ProcessorSetup
{
    private const int Gates = 256;

    // CR0 (AMD APM vol. 2, 3.1.1; Intel SDM vol. 3, 2.5): PE, MP, ET, NE, WP, PG. Caches are on, so CD and NW are clear; TS and EM are clear, so SSE works.
    private const ulong Cr0Value = 1 | (1 << 1) | (1 << 4) | (1 << 5) | (1 << 16) | (1UL << 31);

    /// <summary>
    /// Why this CPU cannot be used at all, in words, or null. Called before <see cref="PrepareControlRegisters"/>.
    /// </summary>
    public static string? Refusal(ProcessorFeatures features)
    {
        if (!features.HasNoExecute)
            return "this CPU has no no-execute pages (CPUID 8000_0001 EDX bit 20), or firmware's setup has them turned off; Lamina needs them";
        if (((Cr4)Instructions.ReadCr4() & Cr4.LinearAddress57) != 0)
            return "firmware has left 5-level paging on; Lamina needs 4 levels: turn 5-level paging (LA57) off in firmware's setup";
        return null;
    }

    /// <summary>Turns on what our page tables need. Firmware's, which are still in use, do not mind.</summary>
    public static void PrepareControlRegisters(ProcessorFeatures features)
    {
        Instructions.WriteMsr(ModelSpecificRegister.Efer, Instructions.ReadMsr(ModelSpecificRegister.Efer) | (ulong)Efer.NoExecuteEnable);
        Instructions.WriteMsr(ModelSpecificRegister.PageAttributeTable, HostPageFormat.PageAttributeTable);
        Instructions.WriteCr0(Cr0Value);
        Cr4 cr4 = Cr4.PhysicalAddressExtension | Cr4.OsFxsr | Cr4.OsXmmExceptions;
        if (features.HasMachineCheck)
            cr4 |= Cr4.MachineCheckEnable;
        if (features.HasXsave)
            cr4 |= Cr4.OsXsave;
        if (features.HasSupervisorExecutionPrevention)
            cr4 |= Cr4.SupervisorExecutionPrevention;
        Instructions.WriteCr4((ulong)cr4);
    }

    /// <summary>Loads a GDT with a task state segment, and an IDT, all in one page, with the tops of the three interrupt stacks.</summary>
    /// <param name="page">A cleared page (HVA) for GDT and TSS.</param>
    /// <param name="own">The CPU's own block (HVA), to which GS leads from here on.</param>
    /// <param name="gates">A page (HVA) for the 256 gates of the IDT.</param>
    /// <param name="nmiStack">Top (HVA) of the stack for NMIs.</param>
    /// <param name="doubleFaultStack">Top (HVA) of the stack for #DF.</param>
    /// <param name="machineCheckStack">Top (HVA) of the stack for #MC.</param>
    public static void LoadDescriptorTables(byte* page, byte* own, byte* gates, ulong nmiStack, ulong doubleFaultStack, ulong machineCheckStack)
    {
        var segments = (ulong*)page;
        var task = (TaskStateSegment*)(page + (SegmentTable.Entries * sizeof(ulong)));
        task->InterruptStack1 = nmiStack;
        task->InterruptStack2 = doubleFaultStack;
        task->InterruptStack3 = machineCheckStack;
        task->PortMapOffset = TaskStateSegment.Size;
        segments[SegmentTable.Code / sizeof(ulong)] = SegmentTable.CodeDescriptor;
        segments[SegmentTable.Data / sizeof(ulong)] = SegmentTable.DataDescriptor;
        segments[SegmentTable.Task / sizeof(ulong)] = SegmentTable.TaskDescriptorLow((ulong)task);
        segments[(SegmentTable.Task / sizeof(ulong)) + 1] = SegmentTable.TaskDescriptorHigh((ulong)task);
        var pointer = new DescriptorTablePointer((SegmentTable.Entries * sizeof(ulong)) - 1, (ulong)segments);
        Instructions.LoadSegments(&pointer, SegmentTable.Code, SegmentTable.Data, SegmentTable.Task);
        // Whatever is taken by the gates below looks there.
        Instructions.WriteMsr(ModelSpecificRegister.GsBase, (ulong)own);

        const ulong entrySize = 16;
        ulong entry = (ulong)Instructions.InterruptEntries();
        for (int vector = 0; vector < Gates; vector++)
        {
            byte stack = vector switch
            {
                (int)ExceptionVector.NonMaskableInterrupt => TaskStateSegment.NmiStack,
                (int)ExceptionVector.DoubleFault => TaskStateSegment.DoubleFaultStack,
                (int)ExceptionVector.MachineCheck => TaskStateSegment.MachineCheckStack,
                _ => 0,
            };
            ((InterruptGate*)gates)[vector] = new InterruptGate(entry + ((ulong)vector * entrySize), stack);
        }

        pointer = new DescriptorTablePointer((ushort)((Gates * sizeof(InterruptGate)) - 1), (ulong)gates);
        Instructions.LoadInterruptTable(&pointer);
    }
}
