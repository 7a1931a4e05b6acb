using System.Collections.Generic;
using System.Linq;
using Lamina.Manifests.Yaml;

namespace Lamina.Manifests;

/// <summary>Finds the VMs that others come after, and the cycles in which each would wait for the next for ever.</summary>
internal sealed class OrderCompiler(IReadOnlyList<VmDraft> vms, DiagnosticList errors)
{
    private readonly List<(int Vm, YamlValue Place, string Path)>[] _after = new List<(int Vm, YamlValue Place, string Path)>[vms.Count];
    private readonly bool[] _isDone = new bool[vms.Count];
    private readonly List<int> _way = [];

    /// <summary>For each VM the indices of those that it comes after.</summary>
    internal IReadOnlyList<IReadOnlyList<int>> Compile()
    {
        for (int i = 0; i < vms.Count; i++)
            _after[i] = Resolve(vms[i]);
        for (int i = 0; i < vms.Count; i++)
            FindCycles(i);
        return [.. _after.Select(each => (IReadOnlyList<int>)[.. each.Select(other => other.Vm)])];
    }

    private List<(int Vm, YamlValue Place, string Path)> Resolve(VmDraft vm)
    {
        var found = new List<(int Vm, YamlValue Place, string Path)>();
        foreach ((string name, YamlValue place, string path) in vm.After)
        {
            int index = vms.ToList().FindIndex(other => other.Name == name);
            if (name == vm.Name)
                errors.Add(place, path, $"is '{name}', the VM itself, which would never start; the name of another VM is needed");
            else if (index < 0)
                errors.Add(place, path, $"is '{name}', and no VM has this name{Suggestion.For(name, Others(vm))}");
            else
                found.Add((index, place, path));
        }

        return found;
    }

    private IEnumerable<string> Others(VmDraft vm) => vms.Select(other => other.Name).Where(name => name != vm.Name);

    /// <summary>Goes from VM to VM by what each comes after; whoever is met again on the same way closes a cycle, which is told once.</summary>
    private void FindCycles(int vm)
    {
        if (_isDone[vm])
            return;
        _way.Add(vm);
        foreach ((int next, YamlValue place, string path) in _after[vm])
        {
            int first = _way.IndexOf(next);
            if (first < 0)
            {
                FindCycles(next);
                continue;
            }

            IEnumerable<string> cycle = _way[first..].Append(next).Select(each => vms[each].Name);
            errors.Add(
                place, path,
                $"closes a cycle, in which each VM would wait for the next for ever: {string.Join(" -> ", cycle)}; one of them must not come after the next");
        }

        _way.RemoveAt(_way.Count - 1);
        _isDone[vm] = true;
    }
}
