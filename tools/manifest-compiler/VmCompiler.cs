using System.Collections.Generic;
using System.IO;
using System.Text;
using Lamina.Core;
using Lamina.Manifests.Kernels;
using Lamina.Manifests.Yaml;

namespace Lamina.Manifests;

/// <summary>Compiles one entry of <c>vms</c>.</summary>
internal sealed class VmCompiler(string path, DiagnosticList errors, FileTable files, Dictionary<string, long> names)
{
    private static readonly string[] Protocols = ["linux", "pvh", "multiboot"];
    private static readonly string[] Consoles = ["none", "serial"];
    private static readonly string[] Restarts = ["never", "on-failure", "always"];

    private static readonly string NameAllowed =
        $"a name of 1 to {ManifestRules.MaxVmNameLength} of a-z, 0-9 and '-' is needed, and not 'lamina'";

    private static readonly string MemoryAllowed =
        $"{MemorySize.Format(ManifestRules.MinMemoryBytes)} to {MemorySize.Format(ManifestRules.MaxMemoryBytes)} are allowed, "
        + $"in multiples of {MemorySize.Format(ManifestRules.MemoryGranularity)}, written like 128M (K, M and G are powers of 1024)";

    private const string CpusAllowed = "1 is allowed: more CPUs are refused until there is SMP";
    private const string KernelAllowed = "the path of a kernel is needed, relative to the manifest";
    private const string InitrdAllowed = "a path, or a list of paths and of { path: …, command-line: … }, is needed";
    private const string CommandLineAllowed = "a string is needed";

    /// <summary>The VM; null if anything is wrong with it, which is then among the errors.</summary>
    /// <param name="value">The entry.</param>
    /// <param name="machineMemoryBytes">The memory of the machine, if it is known.</param>
    /// <param name="memoryTotal">The memory of the VMs before this one in bytes; this one's is added.</param>
    internal VmSpecification? Compile(YamlValue value, ulong? machineMemoryBytes, ref ulong memoryTotal)
    {
        MappingReader? vm = MappingReader.Open(value, path, ["name", "memory", "cpus", "boot", "console", "restart"], errors);
        if (vm is null)
            return null;
        string? name = ReadName(vm);
        ulong? memory = ReadMemory(vm);
        if (memory is not null)
        {
            memoryTotal += memory.Value;
            if (memoryTotal > machineMemoryBytes)
                vm.Error("memory", $"is too much: with this VM they want {MemorySize.Format(memoryTotal)} together, and the machine is given {MemorySize.Format(machineMemoryBytes.Value)}; "
                    + "less is allowed, or 'run --memory' with more");
        }

        ulong? cpus = vm.Number("cpus", vm.Optional("cpus"), CpusAllowed);
        if (cpus is 0 or > ManifestRules.MaxVcpus)
            vm.Error("cpus", $"is {cpus}; {CpusAllowed}");
        var console = (ConsoleKind?)vm.Word("console", vm.Optional("console"), Consoles);
        var restart = (RestartPolicy?)vm.Word("restart", vm.Optional("restart"), Restarts);

        YamlValue? bootValue = vm.Required("boot", "a mapping with the keys protocol, kernel, initrd, command-line is needed");
        MappingReader? boot = bootValue is null
            ? null
            : MappingReader.Open(bootValue, $"{path}.boot", ["protocol", "kernel", "initrd", "command-line"], errors);
        if (boot is null)
            return null;
        int? word = boot.Word("protocol", boot.Required("protocol", $"allowed are {string.Join(", ", Protocols)}"), Protocols);
        BootProtocol? protocol = word is null ? null : BootProtocol.Linux + (byte)word.Value;
        int? kernel = ReadKernel(boot, protocol, out ulong leastMemory);
        IReadOnlyList<ModuleSpecification> modules = ReadModules(boot, protocol);
        string? commandLine = boot.Text("command-line", boot.Optional("command-line"), CommandLineAllowed);
        if (name is null || memory is null || protocol is null || kernel is null)
            return null;

        foreach (ModuleSpecification module in modules)
            leastMemory += (ulong)files.Files[module.File].Length;
        if (leastMemory > memory)
            vm.Error("memory", $"is too little: the kernel and its initrd need {MemorySize.FormatMebibytes(leastMemory)} to start; {MemoryAllowed}");
        return new VmSpecification
        {
            Name = name,
            MemoryBytes = memory.Value,
            Cpus = (uint)(cpus ?? 1),
            Protocol = protocol.Value,
            KernelFile = kernel.Value,
            CommandLine = commandLine ?? "",
            Modules = modules,
            Console = console ?? ConsoleKind.Serial,
            Restart = restart ?? RestartPolicy.Never,
        };
    }

    private string? ReadName(MappingReader vm)
    {
        YamlValue? value = vm.Required("name", NameAllowed);
        string? name = vm.Text("name", value, NameAllowed);
        if (name is null)
            return null;
        if (!ManifestRules.IsVmName(Encoding.UTF8.GetBytes(name)))
        {
            vm.Error("name", $"is '{name}'; {NameAllowed}");
            return null;
        }

        if (names.TryAdd(name, value!.Line))
            return name;
        vm.Error("name", $"is '{name}', as is that of the VM in line {names[name]}; each VM needs a name of its own");
        return null;
    }

    private static ulong? ReadMemory(MappingReader vm)
    {
        YamlValue? value = vm.Required("memory", MemoryAllowed);
        if (value is null)
            return null;
        if (value is YamlScalar scalar && (scalar.IsString || scalar.IsInteger)
            && MemorySize.TryParse(scalar.Text, out ulong bytes) && ManifestRules.IsMemorySize(bytes))
            return bytes;
        vm.Error("memory", $"is {MappingReader.Describe(value)}; {MemoryAllowed}");
        return null;
    }

    private int? ReadKernel(MappingReader boot, BootProtocol? protocol, out ulong leastMemory)
    {
        leastMemory = 0;
        YamlValue? value = boot.Required("kernel", KernelAllowed);
        int? index = ReadFile(boot.Text("kernel", value, KernelAllowed), value, boot.PathOf("kernel"));
        if (index is null || protocol is null)
            return index;
        ManifestFile file = files.Files[index.Value];
        string? wrong = KernelCheck.Check(protocol.Value, File.ReadAllBytes(file.Path), out leastMemory);
        if (wrong is null)
            return index;
        boot.Error("kernel", $"'{Path.GetFileName(file.Path)}' {wrong}");
        return null;
    }

    private List<ModuleSpecification> ReadModules(MappingReader boot, BootProtocol? protocol)
    {
        var modules = new List<ModuleSpecification>();
        YamlValue? value = boot.Optional("initrd");
        if (value is null)
            return modules;
        if (value is not YamlSequence list)
        {
            AddModule(modules, value, boot.PathOf("initrd"), protocol);
            return modules;
        }

        if (list.Items.Count > ManifestRules.MaxModulesPerVm)
            boot.Error("initrd", $"is a list of {list.Items.Count}; at most {ManifestRules.MaxModulesPerVm} are allowed");
        for (int i = 0; i < list.Items.Count; i++)
            AddModule(modules, list.Items[i], $"{boot.PathOf("initrd")}[{i}]", protocol);
        return modules;
    }

    private void AddModule(List<ModuleSpecification> modules, YamlValue value, string where, BootProtocol? protocol)
    {
        string commandLine = "";
        YamlValue? pathValue = value;
        if (value is YamlMapping)
        {
            MappingReader entry = MappingReader.Open(value, where, ["path", "command-line"], errors)!;
            pathValue = entry.Required("path", InitrdAllowed);
            commandLine = entry.Text("command-line", entry.Optional("command-line"), CommandLineAllowed) ?? "";
            if (protocol == BootProtocol.Linux && commandLine.Length != 0)
                entry.Error("command-line", "is not for Linux, whose initrds have none; it is allowed with pvh and multiboot");
            where = entry.PathOf("path");
        }

        int? file = ReadFile(MappingReader.Text(pathValue, where, InitrdAllowed, errors), pathValue, where);
        if (file is not null)
            modules.Add(new ModuleSpecification(file.Value, commandLine));
    }

    private int? ReadFile(string? text, YamlValue? value, string where)
    {
        if (text is null)
            return null;
        (int index, string? error) = text.Length == 0 ? (-1, "is empty; the path of a file is needed") : files.Add(text);
        if (error is null)
            return index;
        errors.Add(value!, where, error);
        return null;
    }
}
