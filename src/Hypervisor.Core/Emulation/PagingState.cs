namespace Lamina.Core;

/// <summary>
/// All that a linear address's translation depends on besides the tables: copied from a vCPU once for each emulated instruction.
/// </summary>
public struct PagingState
{
    /// <summary>CR0: PG and WP are looked at.</summary>
    public Cr0 Cr0;
    /// <summary>CR3: GPA of the root table.</summary>
    public ulong Cr3;
    /// <summary>CR4: PSE, PAE, LA57, SMEP and SMAP are looked at.</summary>
    public Cr4 Cr4;
    /// <summary>EFER: LMA and NXE are looked at.</summary>
    public Efer Efer;
    /// <summary>
    /// RFLAGS.AC: under SMAP, supervisor code may touch user pages. False for accesses that an instruction makes implicitly (descriptor
    /// tables, TSS): those never may.
    /// </summary>
    public bool AllowsUserPages;
    /// <summary>
    /// The physical CPU's MAXPHYADDR, 32 to 52: address bits above it are reserved. It is the CPU that walks these tables, and it knows no other;
    /// <see cref="GuestCpuid"/> shows it as it is.
    /// </summary>
    public int PhysicalAddressBits;

    private const ulong LongAddressMask = (ulong)PageEntry.AddressMask;
    private const ulong LegacyAddressMask = 0xFFFF_F000;
    private const ulong PaeRootMask = 0xFFFF_FFE0;

    /// <summary>The state of a vCPU, for accesses that its instructions make explicitly.</summary>
    public PagingState(VcpuState state, int physicalAddressBits)
    {
        Cr0 = state.Cr0;
        Cr3 = state.Cr3;
        Cr4 = state.Cr4;
        Efer = state.Efer;
        AllowsUserPages = (state.Rflags & Rflags.AlignmentCheck) != 0;
        PhysicalAddressBits = physicalAddressBits;
    }

    /// <summary>CR0.PG.</summary>
    public readonly bool IsEnabled => (Cr0 & Cr0.Paging) != 0;
    /// <summary>EFER.LMA: 4 or 5 levels.</summary>
    public readonly bool IsLongMode => (Efer & Efer.LongModeActive) != 0;
    /// <summary>CR4.PAE: entries of 8 bytes.</summary>
    public readonly bool HasLongEntries => (Cr4 & Cr4.PhysicalAddressExtension) != 0;
    /// <summary>PAE outside long mode: the root has 4 entries of a kind of their own.</summary>
    public readonly bool IsPae => HasLongEntries && !IsLongMode;
    /// <summary>CR0.WP.</summary>
    public readonly bool ProtectsSupervisorWrites => (Cr0 & Cr0.WriteProtect) != 0;
    /// <summary>EFER.NXE, where entries have the bit.</summary>
    public readonly bool HasNoExecute => HasLongEntries && (Efer & Efer.NoExecuteEnable) != 0;
    /// <summary>CR4.SMEP.</summary>
    public readonly bool PreventsUserExecution => (Cr4 & Cr4.SupervisorExecutionPrevention) != 0;
    /// <summary>CR4.SMAP.</summary>
    public readonly bool PreventsUserAccess => (Cr4 & Cr4.SupervisorAccessPrevention) != 0;

    /// <summary>How many levels of tables there are.</summary>
    public readonly int Levels => !HasLongEntries ? 2 : !IsLongMode ? 3 : (Cr4 & Cr4.LinearAddress57) != 0 ? 5 : 4;

    /// <summary>GPA of the root table.</summary>
    public readonly ulong Root => Cr3 & (IsPae ? PaeRootMask : AddressMask);

    /// <summary>The bits of an entry that hold the GPA of a table or 4 KiB page.</summary>
    public readonly ulong AddressMask => HasLongEntries ? LongAddressMask : LegacyAddressMask;

    /// <summary>Whether the linear address is canonical: outside long mode all are.</summary>
    public readonly bool IsCanonical(ulong linear)
    {
        if (!IsLongMode) return true;
        int unused = (Cr4 & Cr4.LinearAddress57) != 0 ? 64 - 57 : 64 - 48;
        return (ulong)((long)(linear << unused) >> unused) == linear;
    }

    /// <summary>Whether an entry of a level can map a large page when PS is set. Level 1 is the lowest.</summary>
    public readonly bool AllowsLargePage(int level) => level switch
    {
        2 => HasLongEntries || (Cr4 & Cr4.PageSizeExtensions) != 0,
        // 1 GiB pages: taken to be there, as they are on every CPU with nested paging worth the name.
        3 => IsLongMode,
        _ => false,
    };

    /// <summary>
    /// The bits that have to be zero in a present entry (AMD APM vol. 2, 5.2 to 5.3; Intel SDM vol. 3, 4.3 to 4.5): of level <paramref name="level"/>,
    /// <paramref name="isLarge"/> when it maps a large page.
    /// </summary>
    public readonly ulong ReservedBits(int level, bool isLarge)
    {
        // PSE-36: bits 20:13 are address bits 39:32, bit 21 is reserved.
        if (!HasLongEntries) return isLarge ? Bits(21, 21) | (PhysicalAddressBits < 40 ? Bits(20, PhysicalAddressBits - 32 + 13) : 0) : 0;

        ulong reserved = PhysicalAddressBits < 52 ? Bits(51, PhysicalAddressBits) : 0;
        if (IsPae)
        {
            // Bit 5 is reserved too, but QEMU 7.2 sets it there as the accessed bit of the levels below; refused, the guest would stand still.
            if (level == 3) return reserved | Bits(63, 52) | Bits(8, 6) | Bits(2, 1);
            reserved |= Bits(62, 52);
        }
        if (!HasNoExecute) reserved |= (ulong)PageEntry.NoExecute;
        if (level >= 4) reserved |= (ulong)PageEntry.LargePage;
        if (isLarge) reserved |= Bits(level == 3 ? 29 : 20, 13);
        return reserved;
    }

    private static ulong Bits(int high, int low) => (ulong.MaxValue >> (63 - high)) & (ulong.MaxValue << low);
}
