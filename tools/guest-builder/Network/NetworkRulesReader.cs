using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Lamina.Manifests;
using Lamina.Manifests.Yaml;
using YamlDotNet.Core;

namespace Lamina.GuestBuilder.Network;

/// <summary>Reads and checks the network VM's rules. As with a manifest, all errors are said in one pass, each with its place.</summary>
internal sealed partial class NetworkRulesReader
{
    private const int MaxPorts = 32;
    private const int ShortestPrefix = 24;
    private const int LongestPrefix = 30;   // the network VM, the VM, and the two addresses that are no machine's
    private const int DefaultScanTargets = 20;
    private const int DefaultLogPerSecond = 5;
    private const string Outside = "outside";
    private const string PortNameAllowed =
        "1 to 15 of a-z, 0-9 and '-', a letter first, and not 'lo', 'outside', 'default', 'all' or 'eth' with a number, which have a meaning of their own";

    private const string MacAllowed = "six octets as 02:4c:41:00:00:02, of a single machine (the first octet is even), are needed";
    private const string AddressAllowed = "an IPv4 address as 198.51.100.1 is needed";
    private static readonly string[] s_protocols = ["tcp", "udp", "icmp"];

    // Stands for a network that could not be read, so that what is said of the other ports and of the rules stays true. It is never given out.
    private static readonly Ipv4Subnet s_wrong = new(0, 32);

    private readonly DiagnosticList _errors;
    private readonly List<NetworkPort> _ports = [];
    private readonly List<AllowRule> _allow = [];

    private NetworkRulesReader(string file) => _errors = new DiagnosticList(file);

    /// <summary>Reads the rules in the file at <paramref name="path"/>.</summary>
    /// <exception cref="GuestBuildException">They are wrong; the message has a line <c>FILE:LINE:COLUMN: PATH: …</c> for each error.</exception>
    internal static NetworkRules Load(string path) => Read(path, File.ReadAllText(path));

    /// <summary>Reads the rules in <paramref name="text"/>; <paramref name="file"/> is what errors call it.</summary>
    /// <exception cref="GuestBuildException">They are wrong.</exception>
    internal static NetworkRules Read(string file, string text)
    {
        var reader = new NetworkRulesReader(file);
        NetworkRules? rules = reader.ReadDocument(text);
        if (rules is null || reader._errors.Any)
            throw new GuestBuildException(string.Join('\n', reader._errors.Sorted));
        return rules;
    }

    private NetworkRules? ReadDocument(string text)
    {
        YamlValue? root;
        try
        {
            root = YamlReader.Read(text);
        }
        catch (YamlException exception)
        {
            _errors.Add(exception.Start.Line, exception.Start.Column, "rules", $"is no YAML: {exception.Message}");
            return null;
        }

        if (root is not YamlMapping)
        {
            _errors.Add(root?.Line ?? 1, root?.Column ?? 1, "rules", $"is {root?.Kind ?? "nothing"}; a mapping with the keys version, ports and allow is needed");
            return null;
        }

        MappingReader rules = MappingReader.Open(root, "", ["version", "ports", "allow", "scan-targets", "log-per-second"], _errors)!;
        const string VersionAllowed = "allowed is 1";
        if (rules.Number("version", rules.Required("version", VersionAllowed), VersionAllowed) is not (null or 1))
            rules.Error("version", $"is {MappingReader.Describe(rules.Optional("version")!)}; {VersionAllowed}");
        ReadPorts(rules);
        ReadAllow(rules);
        return new NetworkRules(_ports, _allow, Count(rules, "scan-targets", DefaultScanTargets), Count(rules, "log-per-second", DefaultLogPerSecond));
    }

    private static int Count(MappingReader rules, string key, int fallback)
    {
        const int Most = 1000;
        if (!rules.Has(key))
            return fallback;
        string allowed = $"a number from 1 to {Most} is needed";
        ulong? number = rules.Number(key, rules.Optional(key), allowed);
        if (number is < 1 or > Most)
            rules.Error(key, $"is {number}; {allowed}");
        return (int)(number ?? 0);
    }

    private void ReadPorts(MappingReader rules)
    {
        string allowed = $"a list of 1 to {MaxPorts} ports is needed, in the order of the network VM's ports in the manifest";
        YamlValue? value = rules.Required("ports", allowed);
        if (value is null)
            return;
        if (value is not YamlSequence { Items.Count: > 0 and <= MaxPorts } list)
        {
            rules.Error("ports", $"is {(value is YamlSequence sequence ? $"a list of {sequence.Items.Count}" : MappingReader.Describe(value))}; {allowed}");
            return;
        }

        for (int i = 0; i < list.Items.Count; i++)
            ReadPort(list.Items[i], $"ports[{i}]");
        int ways = _ports.OfType<OutsidePort>().Count();
        if (ways != 1 && !_errors.Any)
            rules.Error("ports", $"has {ways} ports with 'outside'; one is needed");
    }

    private void ReadPort(YamlValue value, string path)
    {
        var port = MappingReader.Open(value, path, ["name", Outside, "vm"], _errors);
        if (port is null)
            return;
        string needed = $"the port's name is needed: {PortNameAllowed}";
        string? name = port.Text("name", port.Required("name", needed), needed);
        if (name != null && (!PortName().IsMatch(name) || Reserved().IsMatch(name)))
            port.Error("name", $"is '{name}'; allowed are {PortNameAllowed}");
        else if (name != null && _ports.Any(other => other.Name == name))
            port.Error("name", $"is '{name}', which another port is called already");
        name ??= "";

        if (port.Has(Outside) && port.Has("vm"))
            port.Error("vm", "stands beside 'outside'; a port leads to a VM or to the outside, and with neither it is spare");
        else if (port.Optional(Outside) is { } outside)
            _ports.Add(ReadOutside(name, outside, port.PathOf(Outside)));
        else if (port.Optional("vm") is { } vm)
            _ports.Add(ReadVm(name, vm, port.PathOf("vm")));
        else
            _ports.Add(new SparePort(name));
    }

    private OutsidePort ReadOutside(string name, YamlValue value, string path)
    {
        var wrong = new OutsidePort(name, s_wrong, 0, 0);
        var outside = MappingReader.Open(value, path, ["address", "gateway", "dns"], _errors);
        if (outside is null)
            return wrong;
        Ipv4Subnet? address = Subnet(outside, "address", "the network VM's own address with its prefix, as 198.51.100.2/30, is needed");
        uint? gateway = Address(outside, "gateway");
        uint? dns = Address(outside, "dns");
        if (address is not { } own || gateway is not { } way || dns is not { } names)
            return wrong;
        if (!own.HasHost(own.Address))
            outside.Error("address", $"is {own}, which is no machine's address in its network");
        else if (!own.HasHost(way) || way == own.Address)
            outside.Error("gateway", $"is {Ipv4Subnet.Text(way)}; another machine's address in the network of {own} is needed");
        ReportOverlap(outside, "address", own);
        return new OutsidePort(name, own, way, names);
    }

    private VmPort ReadVm(string name, YamlValue value, string path)
    {
        var vm = MappingReader.Open(value, path, ["subnet", "mac"], _errors);
        if (vm is null)
            return new VmPort(name, s_wrong, "");
        string allowed = $"a network as 10.76.1.0/30 is needed, with a prefix of {ShortestPrefix} to {LongestPrefix} bits; "
            + "its first address is the network VM's, its second the VM's";
        Ipv4Subnet? subnet = Subnet(vm, "subnet", allowed);
        string? mac = vm.Text("mac", vm.Required("mac", MacAllowed), MacAllowed)?.ToLowerInvariant();
        if (subnet is { } network)
        {
            if (network.PrefixLength is < ShortestPrefix or > LongestPrefix || network.Address != network.NetworkAddress)
                vm.Error("subnet", $"is {network}; {allowed}");
            ReportOverlap(vm, "subnet", network);
        }

        if (mac != null && !Mac().IsMatch(mac))
            vm.Error("mac", $"is '{mac}'; {MacAllowed}");
        else if (mac != null && _ports.OfType<VmPort>().FirstOrDefault(other => other.MacAddress == mac) is { } other)
            vm.Error("mac", $"is {mac}, which the VM at port '{other.Name}' has already");
        return new VmPort(name, subnet ?? s_wrong, mac ?? "");
    }

    private void ReportOverlap(MappingReader port, string key, Ipv4Subnet subnet)
    {
        foreach (NetworkPort other in _ports)
        {
            Ipv4Subnet? taken = other is VmPort vm ? vm.Subnet : (other as OutsidePort)?.Address;
            if (taken is { } network && network.Overlaps(subnet))
                port.Error(key, $"is {subnet}, which overlaps with {network} of port '{other.Name}'; each port needs a network of its own");
        }
    }

    private static Ipv4Subnet? Subnet(MappingReader mapping, string key, string allowed)
    {
        string? text = mapping.Text(key, mapping.Required(key, allowed), allowed);
        if (text is null)
            return null;
        if (Ipv4Subnet.TryParse(text, out Ipv4Subnet subnet))
            return subnet;
        mapping.Error(key, $"is '{text}'; {allowed}");
        return null;
    }

    private static uint? Address(MappingReader mapping, string key)
    {
        string? text = mapping.Text(key, mapping.Required(key, AddressAllowed), AddressAllowed);
        if (text is null)
            return null;
        if (Ipv4Subnet.TryParseAddress(text, out uint address))
            return address;
        mapping.Error(key, $"is '{text}'; {AddressAllowed}");
        return null;
    }

    private void ReadAllow(MappingReader rules)
    {
        const string Allowed = "a list of rules is needed, which may be empty: []";
        YamlValue? value = rules.Required("allow", Allowed);
        if (value is YamlSequence list)
        {
            for (int i = 0; i < list.Items.Count; i++)
                ReadRule(list.Items[i], $"allow[{i}]");
        }
        else if (value != null)
        {
            rules.Error("allow", $"is {MappingReader.Describe(value)}; {Allowed}");
        }
    }

    private void ReadRule(YamlValue value, string path)
    {
        var rule = MappingReader.Open(value, path, ["from", "to", "protocol", "ports"], _errors);
        if (rule is null)
            return;
        string[] vms = [.. _ports.OfType<VmPort>().Select(port => port.Name)];
        string[] targets = [.. vms, Outside];
        int? from = rule.Word("from", rule.Required("from", $"allowed are {string.Join(", ", vms)}"), vms);
        int? to = rule.Word("to", rule.Required("to", $"allowed are {string.Join(", ", targets)}"), targets);
        int? protocol = rule.Has("protocol") ? rule.Word("protocol", rule.Optional("protocol"), s_protocols) : null;
        if (from != null && from == to)
            rule.Error("to", $"is '{vms[from.Value]}', which the rule is from");
        List<string> ports = [];
        if (rule.Optional("ports") is { } list)
        {
            ports = ReadDestinationPorts(rule, list);
            if (!rule.Has("protocol") || protocol is { } index && s_protocols[index] == "icmp")
                rule.Error("ports", "is there without 'protocol: tcp' or 'protocol: udp', which alone have ports");
        }

        if (from is not { } source || to is not { } target)
            return;
        NetworkPort? way = target < vms.Length ? Vm(vms[target]) : _ports.OfType<OutsidePort>().FirstOrDefault();
        if (way != null)
            _allow.Add(new AllowRule(Vm(vms[source]), way, protocol is { } word ? s_protocols[word] : null, ports));
    }

    private VmPort Vm(string name) => _ports.OfType<VmPort>().First(port => port.Name == name);

    private List<string> ReadDestinationPorts(MappingReader rule, YamlValue value)
    {
        const string Allowed = "a list of ports is needed, each a number from 1 to 65535 or a range as 8000-8010";
        var ports = new List<string>();
        if (value is not YamlSequence { Items.Count: > 0 } list)
        {
            rule.Error("ports", $"is {(value is YamlSequence ? "an empty list" : MappingReader.Describe(value))}; {Allowed}");
            return ports;
        }

        foreach (YamlValue item in list.Items)
        {
            string text = item is YamlScalar scalar ? scalar.Text : "";
            int[] ends = [.. text.Split('-').Select(end => ushort.TryParse(end, NumberStyles.None, CultureInfo.InvariantCulture, out ushort number) ? number : 0)];
            if (ends.Length > 2 || ends.Contains(0) || ends[0] > ends[^1])
                _errors.Add(item, rule.PathOf("ports"), $"has {MappingReader.Describe(item)} in it; {Allowed}");
            else
                ports.Add(string.Join('-', ends));
        }

        return ports;
    }

    [GeneratedRegex("^[a-z][a-z0-9-]{0,14}$")]
    private static partial Regex PortName();

    [GeneratedRegex("^(lo|outside|default|all|eth[0-9]+)$")]
    private static partial Regex Reserved();

    [GeneratedRegex("^[0-9a-f][02468ace](:[0-9a-f]{2}){5}$")]
    private static partial Regex Mac();
}
