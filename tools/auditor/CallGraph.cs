using System;
using System.Collections.Generic;
using System.Linq;

namespace Lamina.Auditor;

/// <summary>Who may call whom. Direct calls are exact; a virtual call is taken to reach every type's method at that slot, a pointer every function whose address is taken.</summary>
internal sealed class CallGraph
{
    private const uint SlotCountOffset = 16;
    private const uint FirstSlot = 24;
    private const uint SlotSize = 8;
    private const string MethodTablePrefix = "??_7";
    private const string InterfaceDispatch = "RhpInitialDynamicInterfaceDispatch";

    private readonly Function[] _functions;

    internal CallGraph(AuditedImage image, IReadOnlyList<AuditSymbol> symbols, Function[] functions, Reviewed reviewed)
    {
        _functions = functions;
        ILookup<uint, Function> slots = Slots(image, symbols);
        HashSet<Function> inTables = slots.SelectMany(slot => slot).ToHashSet();
        Function[] taken = functions.SelectMany(function => function.Taken).Distinct().Select(StartingAt).OfType<Function>().ToArray();
        Function? dispatch = functions.FirstOrDefault(function => function.Name == InterfaceDispatch);
        foreach (Function function in functions)
        {
            IEnumerable<Function> callees = function.Targets.Select(Containing).OfType<Function>();
            callees = callees.Concat(function.Slots.SelectMany(slot => slots[slot]));
            if (function.CallsPointer)
                callees = callees.Concat(taken);
            if (function.CallsInterface)
                callees = callees.Concat(inTables).Concat(dispatch == null ? [] : [dispatch]);
            function.Callees.UnionWith(callees.Where(callee => !reviewed.ImpossibleEdges.Any(
                edge => edge.Matches(function.Name) && Pattern.Matches(edge.To, callee.Name))));
        }
    }

    /// <summary>All that can be reached from a function, and from whom first; the way does not go on where it ends.</summary>
    internal static Dictionary<Function, Function?> Reach(Function root, Predicate<Function> ends)
    {
        var from = new Dictionary<Function, Function?> { [root] = null };
        var open = new Queue<Function>([root]);
        while (open.TryDequeue(out Function? function))
        {
            if (ends(function))
                continue;
            foreach (Function callee in function.Callees)
            {
                if (from.TryAdd(callee, function))
                    open.Enqueue(callee);
            }
        }

        return from;
    }

    /// <summary>The function in which an address lies.</summary>
    private Function? Containing(uint rva)
    {
        int low = 0;
        int high = _functions.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_functions[middle].Rva <= rva)
                low = middle + 1;
            else
                high = middle;
        }

        return low > 0 && rva < _functions[low - 1].Rva + _functions[low - 1].Length ? _functions[low - 1] : null;
    }

    private Function? StartingAt(uint rva) => Containing(rva) is { } function && function.Rva == rva ? function : null;

    /// <summary>The methods at each slot of any method table.</summary>
    private ILookup<uint, Function> Slots(AuditedImage image, IReadOnlyList<AuditSymbol> symbols)
    {
        var found = new List<(uint Slot, Function Method)>();
        foreach (AuditSymbol table in symbols.Where(symbol => symbol.Name.StartsWith(MethodTablePrefix, StringComparison.Ordinal)))
        {
            uint count = image.ReadUInt16(table.Rva + SlotCountOffset);
            for (uint i = 0; i < count; i++)
            {
                uint offset = FirstSlot + (i * SlotSize);
                if (image.ReadPointer(table.Rva + offset) is { } address && StartingAt(address) is { } method)
                    found.Add((offset, method));
            }
        }

        return found.Distinct().ToLookup(slot => slot.Slot, slot => slot.Method);
    }
}
