using Internal.Runtime;
using System.Runtime.CompilerServices;

namespace System.Runtime;

/// <summary>
/// Remembers what interface calls were found to mean. A line is written once and then only read, and its address is stored last,
/// so that other CPUs see either nothing or all of it; when the lines are used up, what is new is looked up each time.
/// </summary>
internal static unsafe class DispatchCache
{
    /// <summary>Remembers a find; the hash is the one of Dispatch.asm.</summary>
    internal static void Add(MethodTable* type, DispatchCell* cell, void* target)
    {
        DispatchCacheLine* line = TakeLine();
        if (line == null)
        {
            return;
        }

        line->Type = type;
        line->Cell = cell;
        line->Target = target;
        nuint hash = (((nuint)type >> 3) ^ ((nuint)cell >> 4)) & 0xFF;
        Table()[hash] = line;
    }

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "DispatchCacheTakeLine")]
    private static extern DispatchCacheLine* TakeLine();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "DispatchCacheTable")]
    private static extern DispatchCacheLine** Table();
}
