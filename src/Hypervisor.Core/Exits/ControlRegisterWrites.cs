namespace Lamina.Core;

/// <summary>
/// MOV to a control register that exits: CR8 on every CPU without a TPR shadow, CR0 and CR4 under VT-x where a bit changes that is the hypervisor's (under
/// AMD-V those are the guest's own). What the architecture refuses is refused; false is #GP(0) (Intel SDM vol. 2, "MOV—Move to/from Control Registers").
/// On the exit way.
/// </summary>
internal static class ControlRegisterWrites
{
    /// <summary>CR8.</summary>
    internal const byte TaskPriorityRegister = 8;

    private const int PageDirectoryPointers = 4;
    private const ulong PageDirectoryPointerTable = 0xFFFF_FFE0;

    private const Cr0 Known = Cr0.ProtectionEnable | Cr0.MonitorCoprocessor | Cr0.Emulation | Cr0.TaskSwitched | Cr0.ExtensionType | Cr0.NumericError
        | Cr0.WriteProtect | Cr0.AlignmentMask | Cr0.NotWriteThrough | Cr0.CacheDisable | Cr0.Paging;

    /// <summary>Bits whose change makes the CPU read PAE's four root entries anew (Intel SDM vol. 3, 4.4.1).</summary>
    private const Cr0 ReloadingCr0 = Cr0.Paging | Cr0.CacheDisable | Cr0.NotWriteThrough;
    private const Cr4 ReloadingCr4 = Cr4.PhysicalAddressExtension | Cr4.PageGlobalEnable | Cr4.PageSizeExtensions | Cr4.SupervisorExecutionPrevention;

    /// <summary>Does the write; false when it is #GP, and nothing has changed.</summary>
    internal static bool TryWrite(VirtualCpu vcpu, byte register, ulong value) => register switch
    {
        0 => TryWriteCr0(vcpu, (Cr0)value),
        4 => TryWriteCr4(vcpu, (Cr4)value),
        TaskPriorityRegister => TryWriteTaskPriority(vcpu, value),
        _ => false,
    };

    private static bool TryWriteTaskPriority(VirtualCpu vcpu, ulong value)
    {
        if (value > LocalApic.MostTaskPriorityClass) return false;
        vcpu.Apic.TaskPriorityClass = (byte)value;
        return true;
    }

    private static bool TryWriteCr0(VirtualCpu vcpu, Cr0 value)
    {
        const ulong high32 = 0xFFFF_FFFF_0000_0000;
        var state = vcpu.State;
        var (old, cr4, efer) = (state.Cr0, state.Cr4, state.Efer);
        // Reserved bits of the lower half are ignored, and ET cannot be cleared.
        if (((ulong)value & high32) != 0) return false;
        value = value & Known | Cr0.ExtensionType;
        bool paging = (value & Cr0.Paging) != 0;
        if (paging && (value & Cr0.ProtectionEnable) == 0) return false;
        if ((value & (Cr0.CacheDisable | Cr0.NotWriteThrough)) == Cr0.NotWriteThrough) return false;

        if (paging && (old & Cr0.Paging) == 0 && (efer & Efer.LongModeEnable) != 0)
        {
            // Long mode begins: it has no 16-bit TSS.
            if ((cr4 & Cr4.PhysicalAddressExtension) == 0 || state.GetSegment(SegmentName.Cs).Has(SegmentAttributes.Long)
                || !state.GetSegment(SegmentName.Tr).Has(SegmentAttributes.TypeTaskState)) return false;
            efer |= Efer.LongModeActive;
        }
        else if (!paging && (old & Cr0.Paging) != 0)
        {
            if (state.Is64Bit || (cr4 & Cr4.ProcessContextIdentifiers) != 0) return false;
            efer &= ~Efer.LongModeActive;
        }
        if (((old ^ value) & ReloadingCr0) != 0 && !TryLoadPageDirectoryPointers(vcpu, value, cr4, efer)) return false;
        if (efer != state.Efer) state.Efer = efer;
        state.Cr0 = value;
        return true;
    }

    private static bool TryWriteCr4(VirtualCpu vcpu, Cr4 value)
    {
        const ulong processContext = 0xFFF;
        var state = vcpu.State;
        var (old, efer) = (state.Cr4, state.Efer);
        bool longMode = (efer & Efer.LongModeActive) != 0;
        if ((value & ~state.SettableCr4) != 0) return false;
        if (longMode && (value & Cr4.PhysicalAddressExtension) == 0) return false;
        if ((value & ~old & Cr4.ProcessContextIdentifiers) != 0 && (!longMode || (state.Cr3 & processContext) != 0)) return false;
        if (((old ^ value) & ReloadingCr4) != 0 && !TryLoadPageDirectoryPointers(vcpu, state.Cr0, value, efer)) return false;
        state.Cr4 = value;
        return true;
    }

    /// <summary>
    /// Reads the four entries of PAE's root table, if that is the paging that comes. False when a present one has a reserved bit set.
    /// </summary>
    private static bool TryLoadPageDirectoryPointers(VirtualCpu vcpu, Cr0 cr0, Cr4 cr4, Efer efer)
    {
        if ((cr0 & Cr0.Paging) == 0 || (cr4 & Cr4.PhysicalAddressExtension) == 0 || (efer & Efer.LongModeActive) != 0) return true;
        var state = vcpu.State;
        var paging = new PagingState(state, vcpu.Machine.Cpuid.PhysicalAddressBits) { Cr0 = cr0, Cr4 = cr4, Efer = efer };
        // Bit 5 as well: see there. Of these entries there is no accessed bit, and an entry that finds it set fails.
        ulong reserved = paging.ReservedBits(level: 3, isLarge: false) | (ulong)PageEntry.Accessed;
        ulong table = state.Cr3 & PageDirectoryPointerTable;
        System.Span<ulong> entries = stackalloc ulong[PageDirectoryPointers];
        for (int i = 0; i < PageDirectoryPointers; i++)
        {
            // What lies beyond RAM reads as all ones: present, with every reserved bit set.
            if (!vcpu.Machine.Memory.TryRead(table + (ulong)i * sizeof(ulong), out entries[i])) entries[i] = ulong.MaxValue;
            if (((PageEntry)entries[i] & PageEntry.Present) != 0 && (entries[i] & reserved) != 0) return false;
        }
        for (int i = 0; i < PageDirectoryPointers; i++) state.SetPageDirectoryPointer(i, entries[i]);
        return true;
    }
}
