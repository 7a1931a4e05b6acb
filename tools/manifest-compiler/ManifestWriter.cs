using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using Lamina.Core;

namespace Lamina.Manifests;

/// <summary>Writes the compiled form by <see cref="ManifestLayout"/>. It checks nothing: that is for the compiler before it and the hypervisor after it.</summary>
public static class ManifestWriter
{
    /// <summary>The compiled form of these VMs and files.</summary>
    public static byte[] Write(IReadOnlyList<VmSpecification> vms, IReadOnlyList<ManifestFile> files)
    {
        var strings = new StringArea();
        FileRecord[] fileRecords = files.Select(file => new FileRecord { Length = (ulong)file.Length, Name = strings.Add(file.Name) }).ToArray();
        ModuleRecord[] modules = vms.SelectMany(vm => vm.Modules)
            .Select(module => new ModuleRecord { File = (uint)module.File, CommandLine = strings.Add(module.CommandLine) }).ToArray();
        var vmRecords = new VmRecord[vms.Count];
        uint firstModule = 0;
        for (int i = 0; i < vms.Count; i++)
        {
            VmSpecification vm = vms[i];
            vmRecords[i] = new VmRecord
            {
                MemoryBytes = vm.MemoryBytes,
                Name = strings.Add(vm.Name),
                CommandLine = strings.Add(vm.CommandLine),
                VcpuCount = vm.Cpus,
                KernelFile = (uint)vm.KernelFile,
                FirstModule = firstModule,
                ModuleCount = (uint)vm.Modules.Count,
                Protocol = vm.Protocol,
                Console = vm.Console,
                Restart = vm.Restart,
            };
            firstModule += (uint)vm.Modules.Count;
        }

        return Assemble(vmRecords, fileRecords, modules, strings.ToArray());
    }

    private static byte[] Assemble(VmRecord[] vms, FileRecord[] files, ModuleRecord[] modules, byte[] strings)
    {
        var layout = new ManifestLayout((uint)vms.Length, (uint)files.Length, (uint)modules.Length, (uint)strings.Length);
        var header = new ManifestHeader
        {
            Magic = ManifestHeader.MagicValue,
            Version = ManifestHeader.CurrentVersion,
            TotalLength = layout.TotalLength,
            VmCount = (uint)vms.Length,
            FileCount = (uint)files.Length,
            ModuleCount = (uint)modules.Length,
            StringLength = (uint)strings.Length,
        };
        byte[] bytes = new byte[layout.TotalLength];
        MemoryMarshal.Write(bytes, header);
        MemoryMarshal.AsBytes(vms.AsSpan()).CopyTo(bytes.AsSpan((int)layout.Vm(0)));
        MemoryMarshal.AsBytes(files.AsSpan()).CopyTo(bytes.AsSpan((int)layout.File(0)));
        MemoryMarshal.AsBytes(modules.AsSpan()).CopyTo(bytes.AsSpan((int)layout.Module(0)));
        strings.CopyTo(bytes, (int)layout.Strings);
        ManifestHeader.Seal(bytes);
        return bytes;
    }

    /// <summary>Strings one after another, each once.</summary>
    private sealed class StringArea
    {
        private readonly List<byte> _bytes = [];
        private readonly Dictionary<string, ManifestString> _known = [];

        internal ManifestString Add(string text)
        {
            if (_known.TryGetValue(text, out ManifestString place))
                return place;
            byte[] encoded = Encoding.UTF8.GetBytes(text);
            place = new ManifestString { Offset = (uint)_bytes.Count, Length = (uint)encoded.Length };
            _bytes.AddRange(encoded);
            _known.Add(text, place);
            return place;
        }

        internal byte[] ToArray() => [.. _bytes];
    }
}
