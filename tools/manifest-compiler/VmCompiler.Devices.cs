using System.Collections.Generic;
using System.IO;
using System.Text;
using Lamina.Core;
using Lamina.Manifests.Yaml;

namespace Lamina.Manifests;

/// <summary>A VM's disks and network interfaces.</summary>
internal sealed partial class VmCompiler
{
    private const ulong DefaultWriteBytes = 64UL << 20;
    private static readonly string[] DiskModes = ["read-only", "copy-on-write"];
    private static readonly string[] WhenFulls = ["wait", "drop"];

    private static readonly string DisksAllowed =
        $"a list of at most {ManifestRules.MaxDisksPerVm} paths of images, or of {{ image: …, mode: …, writes: … }}, is needed";

    private static readonly string WritesAllowed =
        $"{MemorySize.Format(ManifestRules.MinWriteBytes)} to {MemorySize.Format(ManifestRules.MaxMemoryBytes)} are allowed, "
        + $"in multiples of {MemorySize.Format(ManifestRules.MemoryGranularity)}, written like 64M (K, M and G are powers of 1024)";

    private static readonly string PortsAllowed =
        $"a list of at most {ManifestRules.MaxInterfacesPerVm} names, or of {{ name: …, rate: …, mac: …, queues: … }}, is needed";

    private static readonly string PortAllowed = $"a name of 1 to {ManifestRules.MaxPortNameLength} of a-z, 0-9 and '-' is needed";

    private static readonly string PlugsAllowed =
        $"a list of at most {ManifestRules.MaxInterfacesPerVm} of VM.PORT, or of {{ wire: VM.PORT, rate: …, when-full: …, mac: …, queues: … }}, is needed";

    private const string WireAllowed = "the port of another VM is needed, written VM.PORT";

    private static readonly string RateAllowed =
        $"{BitRate.Format(ManifestRules.MinBitsPerSecond)} to {BitRate.Format(ManifestRules.MaxBitsPerSecond)} bits per second are allowed, "
        + "written like 100M (K, M and G are powers of 1000), or none";

    private const string MacAllowed = "a unicast address is needed, written like 52:54:00:12:34:56 (the second digit is even)";
    private static readonly string QueuesAllowed = $"1 to {ManifestRules.MaxQueuePairs} are allowed";

    private List<DiskSpecification> ReadDisks(MappingReader vm)
    {
        var disks = new List<DiskSpecification>();
        foreach ((YamlValue value, string where) in vm.List("disks", ManifestRules.MaxDisksPerVm, DisksAllowed))
        {
            YamlValue? image = value;
            string imagePath = where;
            var mode = DiskMode.ReadOnly;
            ulong? writes = null;
            if (value is YamlMapping)
            {
                MappingReader disk = MappingReader.Open(value, where, ["image", "mode", "writes"], errors)!;
                image = disk.Required("image", "the path of an image is needed, relative to the manifest");
                imagePath = disk.PathOf("image");
                mode = (DiskMode)(disk.Word("mode", disk.Optional("mode"), DiskModes) ?? (int)DiskMode.ReadOnly);
                writes = disk.Quantity("writes", disk.Optional("writes"), WritesAllowed, MemorySize.TryParse, ManifestRules.IsWriteSize);
                if (mode == DiskMode.ReadOnly && disk.Has("writes"))
                    disk.Error("writes", "is for a disk that can be written; it is allowed with 'mode: copy-on-write'");
            }

            int? file = ReadFile(MappingReader.Text(image, imagePath, DisksAllowed, errors), image, imagePath);
            if (file is null)
                continue;
            ManifestFile found = files.Files[file.Value];
            if (found.Length % ManifestRules.SectorSize != 0)
                errors.Add(
                    image!, imagePath,
                    $"'{Path.GetFileName(found.Path)}' is {found.Length} bytes long; a multiple of {ManifestRules.SectorSize} is needed "
                    + $"(truncate -s %{ManifestRules.SectorSize} makes it one)");
            disks.Add(new DiskSpecification(file.Value, mode, mode == DiskMode.ReadOnly ? 0 : writes ?? DefaultWriteBytes));
        }

        return disks;
    }

    private List<InterfaceDraft> ReadPorts(MappingReader vm)
    {
        var ports = new List<InterfaceDraft>();
        foreach ((YamlValue value, string where) in vm.List("ports", ManifestRules.MaxInterfacesPerVm, PortsAllowed))
        {
            InterfaceDraft port = ReadInterface(InterfaceKind.Port, value, where, ["name", "rate", "mac", "queues"], PortAllowed);
            ports.Add(port);
            if (port.Name is null)
                continue;
            if (!ManifestRules.IsPortName(Encoding.UTF8.GetBytes(port.Name)))
                errors.Add(port.Place, port.Path, $"is '{port.Name}'; {PortAllowed}");
            else if (ports.Find(other => other.Name == port.Name) is { } first && first != port)
                errors.Add(port.Place, port.Path, $"is '{port.Name}', as is that of the port in line {first.Place.Line}; each port of a VM needs a name of its own");
        }

        return ports;
    }

    private List<InterfaceDraft> ReadPlugs(MappingReader vm)
    {
        var plugs = new List<InterfaceDraft>();
        foreach ((YamlValue value, string where) in vm.List("interfaces", ManifestRules.MaxInterfacesPerVm, PlugsAllowed))
            plugs.Add(ReadInterface(InterfaceKind.Plug, value, where, ["wire", "rate", "when-full", "mac", "queues"], WireAllowed));
        return plugs;
    }

    /// <summary>An interface: its name alone, or a mapping in which that is under the first of <paramref name="keys"/>.</summary>
    private InterfaceDraft ReadInterface(InterfaceKind kind, YamlValue value, string where, string[] keys, string nameAllowed)
    {
        if (value is not YamlMapping)
            return new InterfaceDraft(kind, value, where) { Name = MappingReader.Text(value, where, nameAllowed, errors) };
        MappingReader entry = MappingReader.Open(value, where, keys, errors)!;
        YamlValue? name = entry.Required(keys[0], nameAllowed);
        return new InterfaceDraft(kind, name ?? value, entry.PathOf(keys[0]))
        {
            Name = entry.Text(keys[0], name, nameAllowed),
            BitsPerSecond = entry.Quantity("rate", entry.Optional("rate"), RateAllowed, BitRate.TryParse, rate => rate == 0 || ManifestRules.IsRate(rate)) ?? 0,
            WhenFull = (WhenFull)(entry.Word("when-full", entry.Optional("when-full"), WhenFulls) ?? (int)WhenFull.Wait),
            MacAddress = entry.Quantity("mac", entry.Optional("mac"), MacAllowed, MacAddress.TryParse, ManifestRules.IsMacAddress),
            QueuePairs = (uint)(entry.Number("queues", entry.Optional("queues"), QueuesAllowed, 1, ManifestRules.MaxQueuePairs) ?? 1),
        };
    }
}
