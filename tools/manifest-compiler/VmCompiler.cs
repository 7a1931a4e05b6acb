using System.Collections.Generic;
using System.Linq;
using System.Text;
using Lamina.Core;
using Lamina.Manifests.Yaml;

namespace Lamina.Manifests;

/// <summary>Compiles what one entry of <c>vms</c> says of its VM; what it says of others stays a draft.</summary>
internal sealed partial class VmCompiler(string path, DiagnosticList errors, FileTable files, Dictionary<string, long> names)
{
    private static readonly string[] Keys =
    [
        "name", "memory", "cpus", "weight", "cap", "allowed-cpus", "boot", "after", "ready", "ready-within", "restart", "back-off",
        "console", "disks", "ports", "interfaces", "rng",
    ];

    private static readonly string[] Consoles = ["none", "serial", "virtio"];

    private static readonly string NameAllowed =
        $"a name of 1 to {ManifestRules.MaxVmNameLength} of a-z, 0-9 and '-' is needed, and not 'lamina'";

    private static readonly string MemoryAllowed =
        $"{MemorySize.Format(ManifestRules.MinMemoryBytes)} to {MemorySize.Format(ManifestRules.MaxMemoryBytes)} are allowed, "
        + $"in multiples of {MemorySize.Format(ManifestRules.MemoryGranularity)}, written like 128M (K, M and G are powers of 1024)";

    private static readonly string CpusAllowed = $"1 to {ManifestRules.MaxVcpus} are allowed";

    /// <summary>The VM; what is wrong with it is among the errors. Null if it is not even a mapping.</summary>
    /// <param name="value">The entry.</param>
    /// <param name="machineMemoryBytes">The memory of the machine, if it is known.</param>
    /// <param name="memoryTotal">The memory of the VMs before this one in bytes, with what their disks keep of writes; this one's is added.</param>
    internal VmDraft? Compile(YamlValue value, ulong? machineMemoryBytes, ref ulong memoryTotal)
    {
        MappingReader? vm = MappingReader.Open(value, path, Keys, errors);
        if (vm is null)
            return null;
        string? name = ReadName(vm);
        ulong? memory = vm.Quantity("memory", vm.Required("memory", MemoryAllowed), MemoryAllowed, MemorySize.TryParse, ManifestRules.IsMemorySize);
        var specification = new VmSpecification
        {
            Name = name ?? "",
            MemoryBytes = memory ?? 0,
            Cpus = (uint)(vm.Number("cpus", vm.Optional("cpus"), CpusAllowed, 1, ManifestRules.MaxVcpus) ?? 1),
            Protocol = BootProtocol.Linux,
            KernelFile = -1,
            Console = (ConsoleKind)(vm.Word("console", vm.Optional("console"), Consoles) ?? (int)ConsoleKind.Serial),
            Disks = ReadDisks(vm),
            HasRng = vm.Truth("rng", vm.Optional("rng")) ?? true,
        };
        specification = ReadBoot(vm, ReadLife(vm, specification), out ulong leastMemory);
        if (memory is not null)
            CheckMemory(vm, specification, leastMemory, machineMemoryBytes, ref memoryTotal);
        return new VmDraft(path, specification, ReadAfter(vm), [.. ReadPorts(vm), .. ReadPlugs(vm)]);
    }

    /// <summary>The name, right or wrong; null if there is no string.</summary>
    private string? ReadName(MappingReader vm)
    {
        YamlValue? value = vm.Required("name", NameAllowed);
        string? name = vm.Text("name", value, NameAllowed);
        if (name is null)
            return null;
        if (!ManifestRules.IsVmName(Encoding.UTF8.GetBytes(name)))
            vm.Error("name", $"is '{name}'; {NameAllowed}");
        else if (!names.TryAdd(name, value!.Line))
            vm.Error("name", $"is '{name}', as is that of the VM in line {names[name]}; each VM needs a name of its own");
        return name;
    }

    private static void CheckMemory(MappingReader vm, VmSpecification specification, ulong leastMemory, ulong? machineMemoryBytes, ref ulong memoryTotal)
    {
        ulong writes = specification.Disks.Aggregate(0UL, (sum, disk) => sum + disk.WriteBytes);
        memoryTotal += specification.MemoryBytes + writes;
        if (memoryTotal > machineMemoryBytes)
        {
            string ofWrites = writes == 0 ? "" : $", of which its disks keep {MemorySize.Format(writes)} of writes";
            vm.Error(
                "memory",
                $"is too much: with this VM they want {MemorySize.Format(memoryTotal)} together{ofWrites}, and the machine is given "
                + $"{MemorySize.Format(machineMemoryBytes.Value)}; less is allowed, or 'run --memory' with more");
        }

        if (leastMemory > specification.MemoryBytes)
            vm.Error("memory", $"is too little: the kernel and its initrd need {MemorySize.FormatMebibytes(leastMemory)} to start; {MemoryAllowed}");
    }
}
