using System.Collections.Generic;
using System.Linq;
using Lamina.Core;
using Lamina.Manifests.Yaml;

namespace Lamina.Manifests;

/// <summary>Plugs the interfaces of VMs into the ports of others, and gives MAC addresses to those that have none.</summary>
internal sealed class NetworkCompiler(IReadOnlyList<VmDraft> vms, DiagnosticList errors)
{
    private readonly Dictionary<(int Vm, int Port), InterfaceDraft> _plugged = [];

    /// <summary>The wires, in the order of the interfaces that are plugged in.</summary>
    internal IReadOnlyList<WireSpecification> CompileWires()
    {
        var wires = new List<WireSpecification>();
        for (int vm = 0; vm < vms.Count; vm++)
        {
            IReadOnlyList<InterfaceDraft> interfaces = vms[vm].Interfaces;
            CheckCount(interfaces);
            for (int i = 0; i < interfaces.Count; i++)
            {
                InterfaceDraft plug = interfaces[i];
                if (plug.Kind != InterfaceKind.Plug || plug.Name is null || Find(vms[vm], plug) is not { } port)
                    continue;
                if (wires.Count == ManifestRules.MaxWires)
                    errors.Add(plug.Place, plug.Path, $"is one wire too many; at most {ManifestRules.MaxWires} are allowed");
                wires.Add(new WireSpecification(
                    EndOf(port.Vm, port.Port), EndOf(vm, i), Lesser(vms[port.Vm].Interfaces[port.Port].BitsPerSecond, plug.BitsPerSecond), plug.WhenFull));
            }
        }

        return wires;
    }

    /// <summary>For each VM its interfaces.</summary>
    internal IReadOnlyList<IReadOnlyList<InterfaceSpecification>> CompileInterfaces()
    {
        var known = new Dictionary<ulong, (string FullName, InterfaceDraft Interface)>();
        return [.. vms.Select(vm => (IReadOnlyList<InterfaceSpecification>)[.. vm.Interfaces.Select(each => CompileInterface(vm, each, known))])];
    }

    private void CheckCount(IReadOnlyList<InterfaceDraft> interfaces)
    {
        const int Most = ManifestRules.MaxInterfacesPerVm;
        if (interfaces.Count > Most)
            errors.Add(
                interfaces[Most].Place, interfaces[Most].Path,
                $"is one too many: the VM has {interfaces.Count} ports and interfaces together; at most {Most} are allowed");
    }

    private InterfaceSpecification CompileInterface(VmDraft vm, InterfaceDraft draft, Dictionary<ulong, (string FullName, InterfaceDraft Interface)> known)
    {
        string name = draft.Name ?? "";
        string fullName = $"{vm.Name}/{name}";
        ulong address = draft.MacAddress ?? MacAddress.For(fullName);
        if (!known.TryAdd(address, (fullName, draft)))
        {
            // Of one name one address is made; that two have this name is an error of its own.
            (string otherName, InterfaceDraft other) = known[address];
            if (otherName != fullName || draft.MacAddress is not null || other.MacAddress is not null)
                errors.Add(
                    draft.Place, draft.Path,
                    $"has the MAC address {MacAddress.Format(address)}, as has {other.Path}; "
                    + "each interface needs one of its own: another 'mac', or none, which makes one");
        }

        return new InterfaceSpecification(draft.Kind, name, address, draft.QueuePairs);
    }

    /// <summary>The port that an interface names; null, and an error, if there is none or it is taken.</summary>
    private (int Vm, int Port)? Find(VmDraft vm, InterfaceDraft plug)
    {
        string[] parts = plug.Name!.Split('.');
        if (parts.Length != 2)
            return Refuse(plug, "the port of another VM is needed, written VM.PORT");
        int owner = vms.ToList().FindIndex(other => other.Name == parts[0]);
        if (parts[0] == vm.Name)
            return Refuse(plug, "a VM is not wired to itself: the port of another VM is needed");
        if (owner < 0)
            return Refuse(plug, $"no VM has the name '{parts[0]}'{Suggestion.For(parts[0], vms.Where(other => other != vm).Select(other => other.Name))}");
        List<InterfaceDraft> ports = [.. vms[owner].Interfaces.Where(each => each.Kind == InterfaceKind.Port)];
        int port = ports.FindIndex(each => each.Name == parts[1]);
        if (port < 0)
        {
            IReadOnlyList<string> names = [.. ports.Select(each => each.Name).OfType<string>()];
            string has = names.Count == 0 ? "no ports" : $"the ports {string.Join(", ", names)}";
            return Refuse(plug, $"the VM '{parts[0]}' has {has}{Suggestion.For(parts[1], names)}");
        }

        if (_plugged.TryAdd((owner, port), plug))
            return (owner, port);
        return Refuse(plug, $"{_plugged[(owner, port)].Path} in line {_plugged[(owner, port)].Place.Line} is plugged in there already; a port takes one");
    }

    private (int Vm, int Port)? Refuse(InterfaceDraft plug, string why)
    {
        errors.Add(plug.Place, plug.Path, $"is '{plug.Name}'; {why}");
        return null;
    }

    private static WireEnd EndOf(int vm, int place) => new() { Vm = (uint)vm, Interface = (uint)place };

    /// <summary>The lesser of two rates, of which 0 is none.</summary>
    private static ulong Lesser(ulong left, ulong right) => left == 0 || (right != 0 && right < left) ? right : left;
}
