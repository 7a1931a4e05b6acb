using System.Collections.Generic;
using System.IO;
using Lamina.Core;
using Lamina.Manifests.Kernels;
using Lamina.Manifests.Yaml;

namespace Lamina.Manifests;

/// <summary>What a VM is booted from.</summary>
internal sealed partial class VmCompiler
{
    private const string KernelAllowed = "the path of a kernel is needed, relative to the manifest";
    private const string InitrdAllowed = "a path, or a list of paths and of { path: …, command-line: … }, is needed";
    private const string CommandLineAllowed = "a string is needed";
    private static readonly string[] Protocols = ["linux", "pvh", "multiboot"];

    /// <summary>The VM with what it boots; <paramref name="leastMemory"/> is what that needs to start, in bytes from 0.</summary>
    private VmSpecification ReadBoot(MappingReader vm, VmSpecification specification, out ulong leastMemory)
    {
        leastMemory = 0;
        YamlValue? value = vm.Required("boot", "a mapping with the keys protocol, kernel, initrd, command-line is needed");
        MappingReader? boot = value is null
            ? null
            : MappingReader.Open(value, vm.PathOf("boot"), ["protocol", "kernel", "initrd", "command-line"], errors);
        if (boot is null)
            return specification;
        int? word = boot.Word("protocol", boot.Required("protocol", $"allowed are {string.Join(", ", Protocols)}"), Protocols);
        BootProtocol? protocol = word is null ? null : BootProtocol.Linux + (byte)word.Value;
        int? kernel = ReadKernel(boot, protocol, out leastMemory);
        IReadOnlyList<ModuleSpecification> modules = ReadModules(boot, protocol);
        string? commandLine = boot.Text("command-line", boot.Optional("command-line"), CommandLineAllowed);
        if (protocol is null || kernel is null)
            return specification;
        foreach (ModuleSpecification module in modules)
            leastMemory += (ulong)files.Files[module.File].Length;
        return specification with { Protocol = protocol.Value, KernelFile = kernel.Value, CommandLine = commandLine ?? "", Modules = modules };
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
