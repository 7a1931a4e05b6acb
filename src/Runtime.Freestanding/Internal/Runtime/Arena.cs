using System.Runtime;
using System.Runtime.CompilerServices;

namespace Internal.Runtime;

/// <summary>
/// Where objects are made. An arena is a piece of memory that its giver has zeroed; objects are put in it one behind another and
/// none is ever freed: what is freed is the arena, whole. The boot arena lasts as long as the machine; whoever builds a VM enters that
/// VM's arena meanwhile. What static constructors make is always put in the boot arena, as statics outlive every VM.
/// </summary>
/// <remarks>
/// Rooms are compiled against ordinary .NET, which has no such type: they import the symbols below, see docs/toolchain.md. One CPU
/// builds at a time, so allocation takes no lock.
/// </remarks>
internal unsafe struct Arena
{
    private static Arena s_boot;
    private static Arena* s_entered;
    private static bool s_trap;

    private byte* _next;
    private byte* _limit;

    /// <summary>An arena over zeroed memory of <paramref name="size"/> bytes, 8-byte aligned.</summary>
    internal Arena(byte* memory, nuint size)
    {
        _next = memory;
        _limit = memory + size;
    }

    private static Arena* Current => s_entered != null ? s_entered : (Arena*)Unsafe.AsPointer(ref s_boot);

    /// <summary>Gives the boot arena its memory.</summary>
    internal static void Boot(byte* memory, nuint size) => s_boot = new Arena(memory, size);

    /// <summary>
    /// Objects are made in <paramref name="arena"/> (first free byte, first byte behind), which is changed in place, from now on; in the boot arena when it is
    /// null. What was entered before is returned.
    /// </summary>
    [RuntimeExport("ArenaEnter")]
    internal static Arena* Enter(Arena* arena)
    {
        Arena* former = s_entered;
        s_entered = arena;
        return former;
    }

    /// <summary>Says whether allocating is an error from now on, as it is while an exit is handled.</summary>
    [RuntimeExport("ArenaTrap")]
    internal static void Trap(bool trap) => s_trap = trap;

    /// <summary>Bytes left in the arena that objects are made in now.</summary>
    [RuntimeExport("ArenaFree")]
    internal static nuint Free() => (nuint)(Current->_limit - Current->_next);

    /// <summary>Takes zeroed bytes, 8-byte aligned, from the arena that was entered.</summary>
    internal static byte* Take(nuint size)
    {
        if (s_trap)
        {
            Fault.Raise(FaultReason.AllocationTrapped);
        }

        Arena* arena = Current;
        size = (size + 7) & ~(nuint)7;
        byte* memory = arena->_next;
        if (size > (nuint)(arena->_limit - memory))
        {
            Fault.Raise(FaultReason.OutOfMemory);
        }

        arena->_next = memory + size;
        return memory;
    }
}
