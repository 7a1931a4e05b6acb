using System;
using System.Collections.Generic;
using System.Linq;

namespace Lamina.Auditor;

/// <summary>The deepest stack below a function: Tarjan's components, each taken as deep as a person said it recurses.</summary>
internal sealed class StackDepth(Reviewed reviewed, Predicate<Function> ends, List<Offence> offences)
{
    private readonly Dictionary<Function, int> _index = [];
    private readonly Dictionary<Function, int> _low = [];
    private readonly Stack<Function> _open = [];
    private readonly HashSet<Function> _isOpen = [];
    private readonly Dictionary<Function, int> _depth = [];

    /// <summary>Bytes from the call of a function, its return address among them, to the deepest point below it.</summary>
    internal int Of(Function function)
    {
        if (!_index.ContainsKey(function))
            Visit(function);
        return _depth[function];
    }

    private static IEnumerable<Function> Callees(Function function, Predicate<Function> ends) => ends(function) ? [] : function.Callees;

    private void Visit(Function function)
    {
        _index[function] = _low[function] = _index.Count;
        _open.Push(function);
        _isOpen.Add(function);
        foreach (Function callee in Callees(function, ends))
        {
            if (!_index.ContainsKey(callee))
            {
                Visit(callee);
                _low[function] = Math.Min(_low[function], _low[callee]);
            }
            else if (_isOpen.Contains(callee))
            {
                _low[function] = Math.Min(_low[function], _index[callee]);
            }
        }

        if (_low[function] == _index[function])
            Close(function);
    }

    /// <summary>Takes a whole component off: what lies below it is known by now.</summary>
    private void Close(Function root)
    {
        var component = new List<Function>();
        Function function;
        do
        {
            function = _open.Pop();
            _isOpen.Remove(function);
            component.Add(function);
        }
        while (function != root);

        var members = component.ToHashSet();
        int below = component.SelectMany(member => Callees(member, ends)).Where(callee => !members.Contains(callee)).Select(callee => _depth[callee]).DefaultIfEmpty().Max();
        int own = component.Sum(member => member.Frame) * Times(component);
        foreach (Function member in component)
            _depth[member] = own + below;
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
