using System.Runtime;

namespace Internal.Runtime;

/// <summary>
/// Where objects are made. An arena is a piece of memory that its giver has zeroed; objects are put in it one behind another and
/// none is ever freed: what is freed is the arena, whole. There is one current arena; whoever builds a VM makes that VM's arena
/// the current one, and puts the former one back when done.
/// </summary>
/// <remarks>
/// Rooms are compiled against ordinary .NET, which has no such type: they import the symbols below, see docs/toolchain.md. One CPU
/// builds at a time, so allocation takes no lock.
/// </remarks>
internal unsafe struct Arena
{
    private static Arena s_current;
    private static bool s_trap;

    private byte* _next;
    private byte* _limit;

    /// <summary>An arena over zeroed memory of <paramref name="size"/> bytes, 8-byte aligned.</summary>
    internal Arena(byte* memory, nuint size)
    {
        _next = memory;
        _limit = memory + size;
    }

    /// <summary>Makes <c>*arena</c> (first free byte, first byte behind) current and puts the former one, as far as it is filled, there.</summary>
    [RuntimeExport("ArenaExchange")]
    internal static void Exchange(Arena* arena)
    {
        Arena former = s_current;
        s_current = *arena;
        *arena = former;
    }

    /// <summary>Says whether allocating is an error from now on, as it is while an exit is handled.</summary>
    [RuntimeExport("ArenaTrap")]
    internal static void Trap(bool trap) => s_trap = trap;

    /// <summary>Bytes left in the current arena.</summary>
    [RuntimeExport("ArenaFree")]
    internal static nuint Free() => (nuint)(s_current._limit - s_current._next);

    /// <summary>Takes zeroed bytes, 8-byte aligned, from the current arena.</summary>
    internal static byte* Take(nuint size)
    {
        if (s_trap)
        {
            Fault.Raise(FaultReason.AllocationTrapped);
        }

        size = (size + 7) & ~(nuint)7;
        byte* memory = s_current._next;
        if (size > (nuint)(s_current._limit - memory))
        {
            Fault.Raise(FaultReason.OutOfMemory);
        }

        s_current._next = memory + size;
        return memory;
    }
}
