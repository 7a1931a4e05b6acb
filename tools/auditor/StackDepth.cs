using System;
using System.Collections.Generic;
using System.Linq;

namespace Lamina.Auditor;

/// <summary>The deepest stack below a function: Tarjan's components, each taken as deep as a person said it recurses.</summary>
internal sealed class StackDepth(Reviewed reviewed, Predicate<Function> ends, List<Offence> offences)
{
    private readonly Dictionary<Function, int> index = [];
    private readonly Dictionary<Function, int> low = [];
    private readonly Stack<Function> open = [];
    private readonly HashSet<Function> isOpen = [];
    private readonly Dictionary<Function, int> depth = [];

    /// <summary>Bytes from the call of a function, its return address among them, to the deepest point below it.</summary>
    internal int Of(Function function)
    {
        if (!index.ContainsKey(function))
            Visit(function);
        return depth[function];
    }

    private static IEnumerable<Function> Callees(Function function, Predicate<Function> ends) => ends(function) ? [] : function.Callees;

    private void Visit(Function function)
    {
        index[function] = low[function] = index.Count;
        open.Push(function);
        isOpen.Add(function);
        foreach (Function callee in Callees(function, ends))
        {
            if (!index.ContainsKey(callee))
            {
                Visit(callee);
                low[function] = Math.Min(low[function], low[callee]);
            }
            else if (isOpen.Contains(callee))
            {
                low[function] = Math.Min(low[function], index[callee]);
            }
        }

        if (low[function] == index[function])
            Close(function);
    }

    /// <summary>Takes a whole component off: what lies below it is known by now.</summary>
    private void Close(Function root)
    {
        var component = new List<Function>();
        Function function;
        do
        {
            function = open.Pop();
            isOpen.Remove(function);
            component.Add(function);
        }
        while (function != root);

        var members = component.ToHashSet();
        int below = component.SelectMany(member => Callees(member, ends)).Where(callee => !members.Contains(callee)).Select(callee => depth[callee]).DefaultIfEmpty().Max();
        int own = component.Sum(member => member.Frame) * Times(component);
        foreach (Function member in component)
            depth[member] = own + below;
    }

    private int Times(List<Function> component)
    {
        if (component.Count == 1 && !Callees(component[0], ends).Contains(component[0]))
            return 1;
        ReviewedItem? recursion = reviewed.Recursions.FirstOrDefault(item => component.Any(member => item.Matches(member.Name)));
        if (recursion != null)
            return recursion.Depth;
        string names = string.Join(", ", component.Select(member => member.Name).Order(StringComparer.Ordinal).Take(8));
        offences.Add(new Offence(OffenceKind.UnreviewedRecursion, component[0].Name, $"a recursion of {component.Count} functions that reviewed.yaml does not bound: {names}"));
        return 1;
    }
}
