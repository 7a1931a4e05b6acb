namespace Lamina.Core;

/// <summary>
/// Walks a guest's own page tables as the CPU does, GVA (linear) to GPA: no paging, 32-bit with 4 MiB pages and PSE-36, PAE, 4 and 5 levels
/// (AMD APM vol. 2, chapter 5; Intel SDM vol. 3, chapter 4). Protection keys and shadow stacks are not offered to guests, so not known here.
/// <para>Only the CPU that owns the vCPU calls it. It raises nothing: what it found is returned.</para>
/// </summary>
public static class GuestPageWalker
{
    private const int PageShift = 12;
    private const PageEntry Rights = PageEntry.Write | PageEntry.User;

    /// <summary>How often a walk starts anew because an entry changed under it.</summary>
    private const int MostAttempts = 8;

    /// <summary>
    /// Translates one linear address, sets accessed and dirty bits on the way, and says what #PF would say.
    /// <paramref name="access"/>: <see cref="MemoryAccess.Write"/> also for read-modify-write, <see cref="MemoryAccess.User"/> at CPL 3.
    /// </summary>
    public static PageWalk Translate(GuestMemory memory, in PagingState paging, ulong linear, MemoryAccess access)
    {
        if (!paging.IsEnabled) return PageWalk.To((uint)linear);
        if (!paging.IsCanonical(linear)) return PageWalk.Failed(PageWalkStatus.NonCanonical);
        if (!paging.IsLongMode) linear = (uint)linear;
        for (int attempt = 0; attempt < MostAttempts; attempt++)
        {
            var walk = Walk(memory, paging, linear, access);
            if (walk.Status != PageWalkStatus.Changed) return walk;
        }
        return PageWalk.Failed(PageWalkStatus.Changed);
    }

    private static PageWalk Walk(GuestMemory memory, in PagingState paging, ulong linear, MemoryAccess access)
    {
        bool longEntries = paging.HasLongEntries;
        int entryShift = longEntries ? 3 : 2;
        int indexBits = PageShift - entryShift;
        ulong table = paging.Root;
        var rights = Rights;
        PageEntry noExecute = 0;

        for (int level = paging.Levels; ; level--)
        {
            int shift = PageShift + (level - 1) * indexBits;
            ulong index = (linear >> shift) & ((1u << indexBits) - 1);
            ulong address = table + (index << entryShift);
            var entry = Read(memory, address, longEntries);
            if ((entry & PageEntry.Present) == 0) return Fault(paging, access, PageFaultCode.None);

            bool isLarge = (entry & PageEntry.LargePage) != 0 && paging.AllowsLargePage(level);
            if (((ulong)entry & paging.ReservedBits(level, isLarge)) != 0)
                return Fault(paging, access, PageFaultCode.Present | PageFaultCode.Reserved);

            // An entry of PAE's root has no rights and no accessed bit.
            bool isPaeRoot = level == 3 && paging.IsPae;
            if (!isPaeRoot)
            {
                rights &= entry;
                noExecute |= entry & PageEntry.NoExecute;
            }

            if (level > 1 && !isLarge)
            {
                if (!isPaeRoot && !TrySet(memory, address, longEntries, entry, PageEntry.Accessed))
                    return PageWalk.Failed(PageWalkStatus.Changed);
                table = (ulong)entry & paging.AddressMask;
                continue;
            }

            if (!IsAllowed(paging, access, rights, noExecute != 0)) return Fault(paging, access, PageFaultCode.Present);
            var used = (access & MemoryAccess.Write) != 0 ? PageEntry.Accessed | PageEntry.Dirty : PageEntry.Accessed;
            if (!TrySet(memory, address, longEntries, entry, used)) return PageWalk.Failed(PageWalkStatus.Changed);

            ulong offsetMask = (1UL << shift) - 1;
            ulong page = (ulong)entry & paging.AddressMask & ~offsetMask;
            if (isLarge && !longEntries) page |= ((ulong)entry >> 13 & 0xFF) << 32;
            return PageWalk.To(page | (linear & offsetMask));
        }
    }

    /// <summary>Rights of the whole walk against an access (AMD APM vol. 2, 5.6; Intel SDM vol. 3, 4.6).</summary>
    private static bool IsAllowed(in PagingState paging, MemoryAccess access, PageEntry rights, bool noExecute)
    {
        bool isUserPage = (rights & PageEntry.User) != 0;
        bool executes = (access & MemoryAccess.Execute) != 0;
        bool byUser = (access & MemoryAccess.User) != 0;
        if (executes && noExecute) return false;
        if (byUser && !isUserPage) return false;
        if (!byUser && isUserPage)
        {
            if (executes && paging.PreventsUserExecution) return false;
            if (!executes && paging.PreventsUserAccess && !paging.AllowsUserPages) return false;
        }
        return (access & MemoryAccess.Write) == 0 || (rights & PageEntry.Write) != 0 || (!byUser && !paging.ProtectsSupervisorWrites);
    }

    private static PageWalk Fault(in PagingState paging, MemoryAccess access, PageFaultCode code)
    {
        if ((access & MemoryAccess.Write) != 0) code |= PageFaultCode.Write;
        if ((access & MemoryAccess.User) != 0) code |= PageFaultCode.User;
        if ((access & MemoryAccess.Execute) != 0 && (paging.HasNoExecute || paging.PreventsUserExecution)) code |= PageFaultCode.InstructionFetch;
        return PageWalk.Fault(code);
    }

    /// <summary>Where there is no RAM an entry reads as all ones, as any memory at which nobody answers.</summary>
    private static PageEntry Read(GuestMemory memory, ulong address, bool isLong)
    {
        if (isLong) return memory.TryRead(address, out ulong entry) ? (PageEntry)entry : (PageEntry)ulong.MaxValue;
        return memory.TryRead(address, out uint shortEntry) ? (PageEntry)shortEntry : (PageEntry)uint.MaxValue;
    }

    /// <summary>Sets bits in an entry that is still as it was read; true at once when they are set. False when it has changed.</summary>
    private static bool TrySet(GuestMemory memory, ulong address, bool isLong, PageEntry entry, PageEntry bits)
    {
        if ((entry & bits) == bits) return true;
        return isLong
            ? memory.TryCompareExchange(address, (ulong)entry, (ulong)(entry | bits))
            : memory.TryCompareExchange(address, (uint)entry, (uint)(entry | bits));
    }
}
