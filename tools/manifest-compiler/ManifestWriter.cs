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
    /// <summary>The compiled form of these VMs, files and wires.</summary>
    public static byte[] Write(IReadOnlyList<VmSpecification> vms, IReadOnlyList<ManifestFile> files, IReadOnlyList<WireSpecification>? wires = null)
    {
        wires ??= [];
        var strings = new StringArea();
        FileRecord[] fileRecords = files.Select(file => FileOf(file, strings)).ToArray();
        ModuleRecord[] modules = vms.SelectMany(vm => vm.Modules)
            .Select(module => new ModuleRecord { File = (uint)module.File, CommandLine = strings.Add(module.CommandLine) }).ToArray();
        DiskRecord[] disks = vms.SelectMany(vm => vm.Disks)
            .Select(disk => new DiskRecord { File = (uint)disk.File, Mode = disk.Mode, WriteBytes = disk.WriteBytes }).ToArray();
        InterfaceRecord[] interfaces = vms.SelectMany((vm, index) => vm.Interfaces
            .Select((each, place) => InterfaceOf(each, new WireEnd { Vm = (uint)index, Interface = (uint)place }, wires, strings))).ToArray();
        WireRecord[] wireRecords = wires
            .Select(wire => new WireRecord { Port = wire.Port, Plug = wire.Plug, BitsPerSecond = wire.BitsPerSecond, WhenFull = wire.WhenFull }).ToArray();
        return Assemble(VmsOf(vms, strings), fileRecords, modules, disks, interfaces, wireRecords, strings.ToArray());
    }

    private static VmRecord[] VmsOf(IReadOnlyList<VmSpecification> vms, StringArea strings)
    {
        var records = new VmRecord[vms.Count];
        VmRecord next = default; // only its firsts are used: where the next VM's parts begin
        for (int i = 0; i < records.Length; i++)
        {
            VmSpecification vm = vms[i];
            records[i] = new VmRecord
            {
                MemoryBytes = vm.MemoryBytes,
                After = vm.After.Aggregate(0UL, (after, index) => after | (1UL << index)),
                AllowedCpus = vm.AllowedCpus.Bits,
                Name = strings.Add(vm.Name),
                CommandLine = strings.Add(vm.CommandLine),
                VcpuCount = vm.Cpus,
                KernelFile = (uint)vm.KernelFile,
                FirstModule = next.FirstModule,
                ModuleCount = (uint)vm.Modules.Count,
                FirstDisk = next.FirstDisk,
                DiskCount = (uint)vm.Disks.Count,
                FirstInterface = next.FirstInterface,
                InterfaceCount = (uint)vm.Interfaces.Count,
                ReadyWithinMilliseconds = vm.ReadyWithinMilliseconds,
                BackOffMilliseconds = vm.BackOffMilliseconds,
                Weight = (ushort)vm.Weight,
                CapPercent = (byte)vm.CapPercent,
                Protocol = vm.Protocol,
                Console = vm.Console,
                Restart = vm.Restart,
                Ready = vm.Ready,
                Rng = (byte)(vm.HasRng ? 1 : 0),
            };
            next.FirstModule += records[i].ModuleCount;
            next.FirstDisk += records[i].DiskCount;
            next.FirstInterface += records[i].InterfaceCount;
        }

        return records;
    }

    private static FileRecord FileOf(ManifestFile file, StringArea strings)
    {
        var record = new FileRecord { Length = (ulong)file.Length, Name = strings.Add(file.Name) };
        file.Digest.Span.CopyTo(record.Digest);
        return record;
    }

    private static InterfaceRecord InterfaceOf(InterfaceSpecification each, WireEnd itself, IReadOnlyList<WireSpecification> wires, StringArea strings)
    {
        int wire = wires.ToList().FindIndex(wire => (each.Kind == InterfaceKind.Port ? wire.Port : wire.Plug).Equals(itself));
        return new InterfaceRecord
        {
            MacAddress = each.MacAddress,
            Name = strings.Add(each.Name),
            Wire = wire < 0 ? InterfaceRecord.NoWire : (uint)wire,
            QueuePairs = (ushort)each.QueuePairs,
            Kind = each.Kind,
        };
    }

    private static byte[] Assemble(
        VmRecord[] vms, FileRecord[] files, ModuleRecord[] modules, DiskRecord[] disks, InterfaceRecord[] interfaces, WireRecord[] wires, byte[] strings)
    {
        var header = new ManifestHeader
        {
            Magic = ManifestHeader.MagicValue,
            Version = ManifestHeader.CurrentVersion,
            VmCount = (uint)vms.Length,
            FileCount = (uint)files.Length,
            ModuleCount = (uint)modules.Length,
            DiskCount = (uint)disks.Length,
            InterfaceCount = (uint)interfaces.Length,
            WireCount = (uint)wires.Length,
            StringLength = (uint)strings.Length,
        };
        var layout = new ManifestLayout(header);
        header.TotalLength = layout.TotalLength;
        byte[] bytes = new byte[layout.TotalLength];
        MemoryMarshal.Write(bytes, header);
        Put(bytes, layout.Vm(0), vms);
        Put(bytes, layout.File(0), files);
        Put(bytes, layout.Module(0), modules);
        Put(bytes, layout.Disk(0), disks);
        Put(bytes, layout.Interface(0), interfaces);
        Put(bytes, layout.Wire(0), wires);
        Put(bytes, layout.Strings, strings);
        ManifestHeader.Seal(bytes);
        return bytes;
    }

    private static void Put<T>(byte[] bytes, uint offset, T[] records)
        where T : unmanaged =>
        MemoryMarshal.AsBytes(records.AsSpan()).CopyTo(bytes.AsSpan((int)offset));

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
