using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Lamina.Core;
using Lamina.Manifests.Yaml;
using YamlDotNet.Core;

namespace Lamina.Manifests;

/// <summary>Compiles a manifest, written as YAML, to the form that the hypervisor reads. <c>docs/manifest.md</c> says what it may hold.</summary>
public sealed class ManifestCompiler
{
    private const ulong SourceVersion = 1;
    private readonly DiagnosticList _errors;
    private readonly FileTable _files;
    private readonly Dictionary<string, long> _names = [];

    private ManifestCompiler(string path)
    {
        _errors = new DiagnosticList(path);
        _files = new FileTable(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Compiles the manifest at <paramref name="path"/>.</summary>
    /// <param name="path">As the user named it: errors begin with it, and files are looked for beside it.</param>
    /// <param name="machineMemoryBytes">The memory of the machine it is for, if that is known: VMs that want more are an error.</param>
    public static ManifestResult Compile(string path, ulong? machineMemoryBytes = null)
    {
        var compiler = new ManifestCompiler(path);
        CompiledManifest? manifest = compiler.CompileFile(path, machineMemoryBytes);
        return new ManifestResult(compiler._errors.Any ? null : manifest, compiler._errors.Sorted);
    }

    private CompiledManifest? CompileFile(string path, ulong? machineMemoryBytes)
    {
        try
        {
            YamlValue? root = YamlReader.Read(File.ReadAllText(path));
            if (root is not null)
                return CompileRoot(root, machineMemoryBytes);
            _errors.Add(1, 1, "manifest", "is empty; a mapping with the keys version, vms is needed");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _errors.Add(1, 1, "manifest", $"cannot be read: {exception.Message}");
        }
        catch (YamlException exception)
        {
            _errors.Add(exception.Start.Line, exception.Start.Column, "manifest", $"is no YAML: {exception.InnerException?.Message ?? exception.Message}");
        }

        return null;
    }

    private CompiledManifest? CompileRoot(YamlValue root, ulong? machineMemoryBytes)
    {
        MappingReader? reader = MappingReader.Open(root, "", ["version", "vms"], _errors);
        if (reader is null)
            return null;
        string allowed = $"the only version there is is {SourceVersion}";
        ulong? version = reader.Number("version", reader.Required("version", allowed), allowed);
        if (version is not null and not SourceVersion)
            reader.Error("version", $"is {version}; {allowed}");

        YamlValue? list = reader.Required("vms", "a list of at least one VM is needed");
        if (list is null)
            return null;
        if (list is not YamlSequence { Items.Count: > 0 and <= ManifestRules.MaxVms } sequence)
        {
            string found = list is YamlSequence wrong ? $"a list of {wrong.Items.Count}" : list.Kind;
            reader.Error("vms", $"is {found}; a list of 1 to {ManifestRules.MaxVms} VMs is needed");
            return null;
        }

        var drafts = new List<VmDraft>();
        ulong machineTotal = 0;
        for (int i = 0; i < sequence.Items.Count; i++)
        {
            VmDraft? vm = new VmCompiler($"vms[{i}]", _errors, _files, _names).Compile(sequence.Items[i], machineMemoryBytes, ref machineTotal);
            if (vm is not null)
                drafts.Add(vm);
        }

        IReadOnlyList<IReadOnlyList<int>> after = new OrderCompiler(drafts, _errors).Compile();
        var network = new NetworkCompiler(drafts, _errors);
        IReadOnlyList<WireSpecification> wires = network.CompileWires();
        IReadOnlyList<IReadOnlyList<InterfaceSpecification>> interfaces = network.CompileInterfaces();
        if (_errors.Any)
            return null;
        VmSpecification[] vms = [.. drafts.Select((draft, i) => draft.Specification with { After = after[i], Interfaces = interfaces[i] })];
        byte[] binary = ManifestWriter.Write(vms, _files.Files, wires);
        if (binary.Length > ManifestRules.MaxLength)
            reader.Error("vms", $"compile to {binary.Length} bytes; at most {ManifestRules.MaxLength} are allowed: fewer VMs or shorter command lines are needed");
        return new CompiledManifest(binary, vms, wires, _files.Files);
    }
}
