using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Lamina.Core;
using Lamina.Manifests;

namespace Lamina.Core.Tests.Manifest;

public class BootManifestTests
{
    private static readonly ManifestFile[] Files = [FileOf("vmlinuz", 100), FileOf("initrd.img", 1024), FileOf("xen.elf", 300)];

    private static readonly VmSpecification[] Vms =
    [
        new()
        {
            Name = "hello", MemoryBytes = 128 << 20, Protocol = BootProtocol.Linux, KernelFile = 0, CommandLine = "console=ttyS0",
            Modules = [new ModuleSpecification(1, "")], Ready = ReadyKind.Told, ReadyWithinMilliseconds = 90_000, HasRng = false,
            Interfaces = [new(InterfaceKind.Port, "lan", 0x0000_0000_0152, 8), new(InterfaceKind.Port, "spare", 0x0000_0000_0252, 1)],
        },
        new()
        {
            Name = "second-1", MemoryBytes = 2 << 20, Protocol = BootProtocol.Multiboot, KernelFile = 2, Console = ConsoleKind.Virtio, Restart = RestartPolicy.Always,
            Modules = [new ModuleSpecification(0, "first"), new ModuleSpecification(1, "zweites, ü")], After = [0], Weight = 10_000, CapPercent = 50, AllowedCpus = new(1UL << 63 | 2),
            BackOffMilliseconds = 60_000, Disks = [new(1, DiskMode.ReadOnly, 0), new(1, DiskMode.CopyOnWrite, 1 << 20)],
            Interfaces = [new(InterfaceKind.Port, "lan", 0x0000_0000_0352, 1), new(InterfaceKind.Plug, "hello.lan", 0x5634_1200_5452, 2)],
        },
    ];

    private static readonly WireSpecification[] Wires = [new(EndOf(0, 0), EndOf(1, 1), 1_000_000_000, WhenFull.Drop)];

    private static readonly ManifestLayout Layout = new(new ManifestHeader
    {
        VmCount = 2, FileCount = 3, ModuleCount = 3, DiskCount = 2, InterfaceCount = 4, WireCount = 1,
    });

    [Fact]
    public void All_that_was_written_is_read()
    {
        BootManifest manifest = Read(ManifestWriter.Write(Vms, Files, Wires));
        manifest.VmCount.Should().Be(2);
        manifest.FileCount.Should().Be(3);
        for (int i = 0; i < Files.Length; i++)
        {
            Text(manifest.GetFile(i).Name).Should().Be(Files[i].Name);
            manifest.GetFile(i).Length.Should().Be((ulong)Files[i].Length);
            manifest.GetFile(i).Digest.ToArray().Should().Equal(Files[i].Digest.ToArray());
        }

        for (int i = 0; i < Vms.Length; i++)
        {
            VmDescription vm = manifest.GetVm(i);
            Text(vm.Name).Should().Be(Vms[i].Name);
            vm.MemoryBytes.Should().Be(Vms[i].MemoryBytes);
            vm.VcpuCount.Should().Be(1);
            vm.Protocol.Should().Be(Vms[i].Protocol);
            vm.KernelFile.Should().Be(Vms[i].KernelFile);
            Text(vm.CommandLine).Should().Be(Vms[i].CommandLine);
            vm.Console.Should().Be(Vms[i].Console);
            vm.Restart.Should().Be(Vms[i].Restart);
            vm.ModuleCount.Should().Be(Vms[i].Modules.Count);
            for (int module = 0; module < vm.ModuleCount; module++)
            {
                vm.GetModule(module).File.Should().Be(Vms[i].Modules[module].File);
                Text(vm.GetModule(module).CommandLine).Should().Be(Vms[i].Modules[module].CommandLine);
            }

            vm.BackOffMilliseconds.Should().Be((int)Vms[i].BackOffMilliseconds);
            vm.Weight.Should().Be((int)Vms[i].Weight);
            vm.CapPercent.Should().Be((int)Vms[i].CapPercent);
            vm.AllowedCpus.Should().Be(Vms[i].AllowedCpus);
            vm.Ready.Should().Be(Vms[i].Ready);
            vm.ReadyWithinMilliseconds.Should().Be((int)Vms[i].ReadyWithinMilliseconds);
            vm.HasRng.Should().Be(Vms[i].HasRng);
            Enumerable.Range(0, vm.AfterCount).Select(index => vm.GetAfter(index)).Should().Equal(Vms[i].After);
            Enumerable.Range(0, vm.DiskCount).Select(index => vm.GetDisk(index))
                .Select(disk => new DiskSpecification(disk.File, disk.Mode, disk.WriteBytes)).Should().Equal(Vms[i].Disks);
            vm.InterfaceCount.Should().Be(Vms[i].Interfaces.Count);
            for (int index = 0; index < vm.InterfaceCount; index++)
            {
                InterfaceDescription each = vm.GetInterface(index);
                new InterfaceSpecification(each.Kind, Text(each.Name), each.MacAddress, (uint)each.QueuePairs).Should().Be(Vms[i].Interfaces[index]);
            }
        }
    }

    [Fact]
    public void A_wire_and_its_ends_know_each_other()
    {
        BootManifest manifest = Read(ManifestWriter.Write(Vms, Files, Wires));
        manifest.WireCount.Should().Be(1);
        WireDescription wire = manifest.GetWire(0);
        new WireSpecification(wire.Port, wire.Plug, wire.BitsPerSecond, wire.WhenFull).Should().Be(Wires[0]);
        manifest.GetVm(0).GetInterface(0).WireIndex.Should().Be(0);
        manifest.GetVm(1).GetInterface(1).WireIndex.Should().Be(0);
        manifest.GetVm(0).GetInterface(1).WireIndex.Should().Be(InterfaceDescription.NoWire);
    }

    [Fact]
    public void Those_that_a_vm_comes_after_are_told_in_order()
    {
        VmSpecification[] vms = [.. Enumerable.Range(0, 64).Select(i => Plain(i) with { After = i == 20 ? [63, 0, 31] : [] })];
        VmDescription vm = Read(ManifestWriter.Write(vms, Files)).GetVm(20);
        Enumerable.Range(0, vm.AfterCount).Select(index => vm.GetAfter(index)).Should().Equal(0, 31, 63);
        Enumerable.Range(0, 64).Where(vm.IsAfter).Should().Equal(0, 31, 63);
    }

    [Fact]
    public void What_is_read_is_what_was_checked_even_if_the_bytes_change_later()
    {
        byte[] bytes = ManifestWriter.Write(Vms, Files, Wires);
        BootManifest manifest = Read(bytes);
        Array.Fill(bytes, (byte)0xFF);
        Text(manifest.GetVm(0).Name).Should().Be("hello");
    }

    [Fact]
    public void Bytes_behind_the_manifest_are_left_alone()
    {
        byte[] bytes = [.. ManifestWriter.Write(Vms, Files, Wires), 1, 2, 3];
        Read(bytes).VmCount.Should().Be(2);
    }

    [Fact]
    public void Every_shortened_manifest_is_refused()
    {
        byte[] bytes = ManifestWriter.Write(Vms, Files, Wires);
        for (int length = 0; length < bytes.Length; length++)
            Fault(bytes[..length]).Should().Be(ManifestFault.Truncated, "it is {0} of {1} bytes", length, bytes.Length);
    }

    [Fact]
    public void Every_flipped_bit_is_refused()
    {
        byte[] bytes = ManifestWriter.Write(Vms, Files, Wires);
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Fault(bytes).Should().NotBe(ManifestFault.None, "bit {0} is flipped", bit);
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    public static TheoryData<ManifestFault, int, byte[]> Damages()
    {
        int file = (int)Layout.File(1);
        int module = (int)Layout.Module(1);
        byte[] beyond = [0xFF, 0xFF, 0xFF, 0xFF];
        byte[] two = [2, 0, 0, 0];
        return new()
        {
            { ManifestFault.NotAManifest, 0, "MZ"u8.ToArray() },
            { ManifestFault.Version, 8, [1] },
            { ManifestFault.Length, 12, beyond },
            { ManifestFault.VmCount, 20, new byte[4] },
            { ManifestFault.VmCount, 20, beyond },
            { ManifestFault.FileCount, 24, beyond },
            { ManifestFault.ModuleCount, 28, beyond },
            { ManifestFault.DiskCount, 32, beyond },
            { ManifestFault.InterfaceCount, 36, beyond },
            { ManifestFault.WireCount, 40, beyond },
            { ManifestFault.Length, 44, beyond },
            { ManifestFault.Reserved, 48, two },
            { ManifestFault.FileLength, file, new byte[8] },
            { ManifestFault.FileName, file + 8, beyond },
            { ManifestFault.FileName, file + 12, beyond },
            { ManifestFault.FileName, file + 12, new byte[4] },
            { ManifestFault.ModuleFile, module, [3, 0, 0, 0] },
            { ManifestFault.ModuleCommandLine, module + 4, beyond },
            { ManifestFault.VmMemory, Vm(nameof(VmRecord.MemoryBytes)), new byte[8] },
            { ManifestFault.VmMemory, Vm(nameof(VmRecord.MemoryBytes)), [1, 0] },
            { ManifestFault.VmMemory, Vm(nameof(VmRecord.MemoryBytes)), [0, 0, 0, 0, 0, 0, 0, 0x80] },
            { ManifestFault.VmAfter, Vm(nameof(VmRecord.After)), [1 << 1] },
            { ManifestFault.VmAfter, Vm(nameof(VmRecord.After)), [1 << 2] },
            { ManifestFault.VmAfter, Vm(nameof(VmRecord.After)), [0, 0, 0, 0, 0, 0, 0, 0x80] },
            { ManifestFault.VmName, Vm(nameof(VmRecord.Name)), beyond },
            { ManifestFault.VmName, Vm(nameof(VmRecord.Name)) + 4, new byte[4] },
            { ManifestFault.VmCommandLine, Vm(nameof(VmRecord.CommandLine)) + 4, beyond },
            { ManifestFault.VmVcpus, Vm(nameof(VmRecord.VcpuCount)), new byte[4] },
            { ManifestFault.VmVcpus, Vm(nameof(VmRecord.VcpuCount)), [33, 0, 0, 0] },
            { ManifestFault.VmKernel, Vm(nameof(VmRecord.KernelFile)), [3, 0, 0, 0] },
            { ManifestFault.VmModules, Vm(nameof(VmRecord.FirstModule)), beyond },
            { ManifestFault.VmModules, Vm(nameof(VmRecord.ModuleCount)), [3, 0, 0, 0] },
            { ManifestFault.VmDisks, Vm(nameof(VmRecord.FirstDisk)), beyond },
            { ManifestFault.VmDisks, Vm(nameof(VmRecord.DiskCount)), [3, 0, 0, 0] },
            { ManifestFault.VmInterfaces, Vm(nameof(VmRecord.FirstInterface)), [1, 0, 0, 0] },
            { ManifestFault.VmInterfaces, Vm(nameof(VmRecord.InterfaceCount)), [3, 0, 0, 0] },
            { ManifestFault.VmInterfaces, Vm(nameof(VmRecord.InterfaceCount)), beyond },
            { ManifestFault.InterfaceCount, Vm(nameof(VmRecord.InterfaceCount)), [1, 0, 0, 0] },
            { ManifestFault.VmReadyWithin, Vm(nameof(VmRecord.ReadyWithinMilliseconds)), [1] },
            { ManifestFault.VmReadyWithin, Vm(nameof(VmRecord.ReadyWithinMilliseconds), 0), new byte[4] },
            { ManifestFault.VmReadyWithin, Vm(nameof(VmRecord.ReadyWithinMilliseconds), 0), beyond },
            { ManifestFault.VmBackOff, Vm(nameof(VmRecord.BackOffMilliseconds)), new byte[4] },
            { ManifestFault.VmBackOff, Vm(nameof(VmRecord.BackOffMilliseconds)), beyond },
            { ManifestFault.VmWeight, Vm(nameof(VmRecord.Weight)), new byte[2] },
            { ManifestFault.VmWeight, Vm(nameof(VmRecord.Weight)), [0x11, 0x27] },
            { ManifestFault.VmCap, Vm(nameof(VmRecord.CapPercent)), [101] },
            { ManifestFault.VmAllowedCpus, Vm(nameof(VmRecord.AllowedCpus)), new byte[8] },
            { ManifestFault.VmProtocol, Vm(nameof(VmRecord.Protocol)), [0] },
            { ManifestFault.VmProtocol, Vm(nameof(VmRecord.Protocol)), [4] },
            { ManifestFault.VmConsole, Vm(nameof(VmRecord.Console)), [3] },
            { ManifestFault.VmRestart, Vm(nameof(VmRecord.Restart)), [3] },
            { ManifestFault.VmReady, Vm(nameof(VmRecord.Ready)), [2] },
            { ManifestFault.VmRng, Vm(nameof(VmRecord.Rng)), [2] },
            { ManifestFault.DiskFile, Disk(nameof(DiskRecord.File)), [3, 0, 0, 0] },
            { ManifestFault.DiskLength, Disk(nameof(DiskRecord.File)), [2, 0, 0, 0] },
            { ManifestFault.DiskMode, Disk(nameof(DiskRecord.Mode)), [2] },
            { ManifestFault.DiskWrites, Disk(nameof(DiskRecord.Mode)), [0] },
            { ManifestFault.DiskWrites, Disk(nameof(DiskRecord.WriteBytes)), [1] },
            { ManifestFault.DiskWrites, Disk(nameof(DiskRecord.WriteBytes)), new byte[8] },
            { ManifestFault.Reserved, Disk(nameof(DiskRecord.Reserved0)), [1] },
            { ManifestFault.Reserved, Disk(nameof(DiskRecord.Reserved1)), [1] },
            { ManifestFault.InterfaceMac, Interface(1, nameof(InterfaceRecord.MacAddress)), [0x53] },
            { ManifestFault.InterfaceMac, Interface(1, nameof(InterfaceRecord.MacAddress)), [0, 0] },
            { ManifestFault.InterfaceMac, Interface(1, nameof(InterfaceRecord.MacAddress)) + 6, [1] },
            { ManifestFault.DuplicateMac, Interface(1, nameof(InterfaceRecord.MacAddress)) + 1, [1] },
            { ManifestFault.InterfaceName, Interface(1, nameof(InterfaceRecord.Name)), beyond },
            { ManifestFault.InterfaceName, Interface(1, nameof(InterfaceRecord.Name)) + 4, new byte[4] },
            { ManifestFault.InterfaceName, Interface(3, nameof(InterfaceRecord.Name)) + 4, [8] },
            { ManifestFault.InterfaceQueues, Interface(1, nameof(InterfaceRecord.QueuePairs)), [0, 0] },
            { ManifestFault.InterfaceQueues, Interface(1, nameof(InterfaceRecord.QueuePairs)), [9, 0] },
            { ManifestFault.InterfaceKind, Interface(1, nameof(InterfaceRecord.Kind)), [0] },
            { ManifestFault.InterfaceKind, Interface(1, nameof(InterfaceRecord.Kind)), [3] },
            { ManifestFault.InterfaceWire, Interface(1, nameof(InterfaceRecord.Kind)), [(byte)InterfaceKind.Plug] },
            { ManifestFault.InterfaceWire, Interface(1, nameof(InterfaceRecord.Wire)), new byte[4] },
            { ManifestFault.InterfaceWire, Interface(1, nameof(InterfaceRecord.Wire)), [1, 0, 0, 0] },
            { ManifestFault.Reserved, Interface(1, nameof(InterfaceRecord.Reserved)), [1] },
            { ManifestFault.WireEnd, Interface(0, nameof(InterfaceRecord.Wire)), beyond },
            { ManifestFault.WireEnd, Interface(3, nameof(InterfaceRecord.Wire)), beyond },
            { ManifestFault.WireEnd, Interface(3, nameof(InterfaceRecord.Kind)), [(byte)InterfaceKind.Port] },
            { ManifestFault.WireEnd, Wire(nameof(WireRecord.Port)), two },
            { ManifestFault.WireEnd, Wire(nameof(WireRecord.Port)) + 4, [1] },
            { ManifestFault.WireEnd, Wire(nameof(WireRecord.Port)) + 4, beyond },
            { ManifestFault.WireEnd, Wire(nameof(WireRecord.Plug)), new byte[4] },
            { ManifestFault.WireEnd, Wire(nameof(WireRecord.Plug)) + 4, new byte[4] },
            { ManifestFault.WireRate, Wire(nameof(WireRecord.BitsPerSecond)), [0xFF, 0xF9, 0, 0, 0, 0, 0, 0] },
            { ManifestFault.WireRate, Wire(nameof(WireRecord.BitsPerSecond)) + 4, beyond },
            { ManifestFault.WireWhenFull, Wire(nameof(WireRecord.WhenFull)), [2] },
            { ManifestFault.Reserved, Wire(nameof(WireRecord.Reserved0)), [1] },
            { ManifestFault.Reserved, Wire(nameof(WireRecord.Reserved1)), [1] },
        };

        static int Vm(string field, uint index = 1) => (int)Layout.Vm(index) + (int)Marshal.OffsetOf<VmRecord>(field);
        static int Disk(string field) => (int)Layout.Disk(1) + (int)Marshal.OffsetOf<DiskRecord>(field);
        static int Interface(uint index, string field) => (int)Layout.Interface(index) + (int)Marshal.OffsetOf<InterfaceRecord>(field);
        static int Wire(string field) => (int)Layout.Wire(0) + (int)Marshal.OffsetOf<WireRecord>(field);
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public void Each_field_is_checked_by_the_hypervisor_itself(ManifestFault expected, int offset, byte[] content)
    {
        byte[] bytes = ManifestWriter.Write(Vms, Files, Wires);
        content.CopyTo(bytes, offset);
        ManifestHeader.Seal(bytes);
        BootManifest.TryRead(bytes, out BootManifest? manifest).Fault.Should().Be(expected);
        manifest.Should().BeNull();
    }

    [Fact]
    public void A_name_is_had_by_one_vm_and_by_one_file()
    {
        Fault(ManifestWriter.Write([Plain(0), Plain(0) with { KernelFile = 1 }], Files)).Should().Be(ManifestFault.DuplicateVm);
        Fault(ManifestWriter.Write(Vms, [Files[0], Files[1], Files[0]], Wires)).Should().Be(ManifestFault.DuplicateFile);
    }

    [Fact]
    public void A_name_is_had_by_one_port_of_a_vm() =>
        Fault(ManifestWriter.Write([Plain(0) with { Interfaces = [new(InterfaceKind.Port, "a", 2, 1), new(InterfaceKind.Port, "a", 4, 1)] }], Files))
            .Should().Be(ManifestFault.DuplicatePort);

    [Theory]
    [InlineData("A")]
    [InlineData("a.b")]
    [InlineData("")]
    [InlineData("0123456789012345678901234567890x")]
    public void A_port_has_a_plain_name(string name) =>
        Fault(ManifestWriter.Write([Plain(0) with { Interfaces = [new(InterfaceKind.Port, name, 2, 1)] }], Files)).Should().Be(ManifestFault.InterfaceName);

    [Theory]
    [InlineData("a.lan")]
    [InlineData("vm-1.lan2")]
    [InlineData("vm-1-lan")]
    [InlineData("vm-1.")]
    public void A_plug_is_called_after_its_port_alone(string name)
    {
        VmSpecification[] vms = [Plain(0) with { Interfaces = [new(InterfaceKind.Plug, name, 2, 1)] }, Plain(1) with { Interfaces = [new(InterfaceKind.Port, "lan", 4, 1)] }];
        WireSpecification[] wires = [new(EndOf(1, 0), EndOf(0, 0), 0, WhenFull.Wait)];
        Fault(ManifestWriter.Write(vms, Files, wires)).Should().Be(ManifestFault.InterfaceName);
        vms[0] = vms[0] with { Interfaces = [new(InterfaceKind.Plug, "vm-1.lan", 2, 1)] };
        Fault(ManifestWriter.Write(vms, Files, wires)).Should().Be(ManifestFault.None);
    }

    [Fact]
    public void A_vm_is_not_wired_to_itself()
    {
        VmSpecification vm = Plain(0) with { Interfaces = [new(InterfaceKind.Port, "lan", 2, 1), new(InterfaceKind.Plug, "vm-0.lan", 4, 1)] };
        Fault(ManifestWriter.Write([vm], Files, [new(EndOf(0, 0), EndOf(0, 1), 0, WhenFull.Wait)])).Should().Be(ManifestFault.WireEnd);
    }

    [Fact]
    public void An_interface_has_one_wire()
    {
        VmSpecification[] vms =
        [
            Plain(0) with { Interfaces = [new(InterfaceKind.Port, "lan", 2, 1)] },
            Plain(1) with { Interfaces = [new(InterfaceKind.Plug, "vm-0.lan", 4, 1), new(InterfaceKind.Plug, "vm-0.lan", 8, 1)] },
        ];
        Fault(ManifestWriter.Write(vms, Files, [new(EndOf(0, 0), EndOf(1, 0), 0, WhenFull.Wait), new(EndOf(0, 0), EndOf(1, 1), 0, WhenFull.Wait)]))
            .Should().Be(ManifestFault.WireEnd);
    }

    [Fact]
    public void A_port_comes_before_every_plug()
    {
        VmSpecification[] vms =
        [
            Plain(0) with { Interfaces = [new(InterfaceKind.Port, "lan", 2, 1)] },
            Plain(1) with { Interfaces = [new(InterfaceKind.Plug, "vm-0.lan", 4, 1), new(InterfaceKind.Port, "late", 8, 1)] },
        ];
        Fault(ManifestWriter.Write(vms, Files, [new(EndOf(0, 0), EndOf(1, 0), 0, WhenFull.Wait)])).Should().Be(ManifestFault.InterfaceKind);
    }

    /// <summary>Whatever VMs come after which: a manifest is accepted just when there is an order in which all can start.</summary>
    [Fact]
    public void A_cycle_of_vms_that_wait_for_each_other_is_refused()
    {
        Gen<ulong[]> waits = Gen.Choose(0, 4).Select(bits => (ulong)bits).ArrayOf(3).Or(Gen.Choose(0, 63).Select(bits => (ulong)bits).ArrayOf(6));
        int refused = 0;
        Prop.ForAll(Arb.From(waits), after =>
        {
            int count = after.Length;
            VmSpecification[] vms = [.. after.Select((bits, i) => Plain(i) with { After = [.. Enumerable.Range(0, count).Where(j => j != i && (bits >> j & 1) != 0)] })];
            ManifestError error = BootManifest.TryRead(ManifestWriter.Write(vms, Files), out _);
            bool[] reached = new bool[count];
            for (int round = 0; round < count; round++)
                for (int i = 0; i < count; i++)
                    reached[i] |= vms[i].After.All(j => reached[j]);
            error.Fault.Should().Be(reached.All(each => each) ? ManifestFault.None : ManifestFault.VmAfterCycle);
            if (!error.IsError)
                return;
            refused++;
            IsInCycle(vms, error.Index).Should().BeTrue("the VM that is told is one of the cycle");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
        refused.Should().BeInRange(1, 499, "both ways are to be tried");

        static bool IsInCycle(VmSpecification[] vms, int start)
        {
            var seen = new HashSet<int>(vms[start].After);
            var left = new Queue<int>(seen);
            while (left.TryDequeue(out int vm))
            {
                foreach (int next in vms[vm].After.Where(seen.Add))
                    left.Enqueue(next);
            }

            return seen.Contains(start);
        }
    }

    [Fact]
    public void Sixty_four_vms_can_wait_each_for_the_next()
    {
        VmSpecification[] vms = [.. Enumerable.Range(0, 64).Select(i => Plain(i) with { After = i == 63 ? [] : [i + 1] })];
        Fault(ManifestWriter.Write(vms, Files)).Should().Be(ManifestFault.None);
        vms[63] = vms[63] with { After = [0] };
        Fault(ManifestWriter.Write(vms, Files)).Should().Be(ManifestFault.VmAfterCycle);
    }

    [Theory]
    [InlineData("lamina")]
    [InlineData("Hello")]
    [InlineData("a b")]
    [InlineData("a|")]
    [InlineData("0123456789012345678901234567890x")]
    public void A_name_that_could_forge_a_line_of_the_log_is_refused(string name) =>
        Fault(ManifestWriter.Write([Plain(0) with { Name = name }], Files)).Should().Be(ManifestFault.VmName);

    [Theory]
    [InlineData("../vmlinuz")]
    [InlineData("Vmlinuz")]
    [InlineData(".hidden")]
    [InlineData("manifest.bin")]
    [InlineData("boot.conf")]
    public void A_file_name_that_is_not_flat_and_plain_is_refused(string name) =>
        Fault(ManifestWriter.Write(Vms, [FileOf(name, 1), .. Files[1..]], Wires)).Should().Be(ManifestFault.FileName);

    [Theory]
    [InlineData(2047, ManifestFault.None)]
    [InlineData(2048, ManifestFault.VmCommandLine)]
    public void A_command_line_has_at_most_2047_bytes(int length, ManifestFault expected) =>
        Fault(ManifestWriter.Write([Plain(0) with { CommandLine = new string('x', length) }], Files)).Should().Be(expected);

    [Fact]
    public void A_command_line_has_no_zero_byte() =>
        Fault(ManifestWriter.Write([Plain(0) with { CommandLine = "a\0b" }], Files)).Should().Be(ManifestFault.VmCommandLine);

    [Fact]
    public void Any_bytes_are_refused_or_accepted_without_a_fault() =>
        Prop.ForAll<byte[]>(bytes => { ReadAll(bytes ?? []); }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_change_under_a_right_checksum_is_refused_or_accepted_without_a_fault()
    {
        byte[] original = ManifestWriter.Write(Vms, Files, Wires);
        int accepted = 0;
        Gen<(int Offset, byte Value)[]> changes = Gen.Zip(Gen.Choose(ManifestHeader.ChecksumOffset + 4, original.Length - 1), ArbMap.Default.GeneratorFor<byte>())
            .Select(pair => (pair.Item1, pair.Item2)).ArrayOf().Where(all => all.Length < 8);
        Prop.ForAll(Arb.From(changes), all =>
        {
            byte[] bytes = [.. original];
            foreach ((int offset, byte value) in all)
                bytes[offset] = value;
            ManifestHeader.Seal(bytes);
            accepted += ReadAll(bytes) ? 1 : 0;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
        accepted.Should().BeInRange(1, 2999, "both ways are to be tried");
    }

    [Fact]
    public void Every_fault_has_a_message_of_its_own()
    {
        IEnumerable<string> messages = Enum.GetValues<ManifestFault>().Select(fault => new ManifestError(fault).Message);
        messages.Should().OnlyHaveUniqueItems().And.NotContain("the manifest is refused");
    }

    /// <summary>Reads all that an accepted manifest gives.</summary>
    private static bool ReadAll(byte[] bytes)
    {
        ManifestError error = BootManifest.TryRead(bytes, out BootManifest? manifest);
        error.IsError.Should().Be(manifest is null);
        if (manifest is null)
            return false;
        for (int i = 0; i < manifest.FileCount; i++)
            _ = manifest.GetFile(i).Name.Length;
        for (int i = 0; i < manifest.VmCount; i++)
        {
            VmDescription vm = manifest.GetVm(i);
            _ = vm.Name.Length + vm.CommandLine.Length + (int)manifest.GetFile(vm.KernelFile).Length;
            for (int module = 0; module < vm.ModuleCount; module++)
                _ = vm.GetModule(module).CommandLine.Length + (int)manifest.GetFile(vm.GetModule(module).File).Length;
            for (int after = 0; after < vm.AfterCount; after++)
                vm.GetAfter(after).Should().BeInRange(0, manifest.VmCount - 1).And.NotBe(i);
            for (int disk = 0; disk < vm.DiskCount; disk++)
                _ = manifest.GetFile(vm.GetDisk(disk).File).Digest.Length;
            for (int place = 0; place < vm.InterfaceCount; place++)
            {
                InterfaceDescription each = vm.GetInterface(place);
                if (each.WireIndex == InterfaceDescription.NoWire)
                    continue;
                WireDescription wire = manifest.GetWire(each.WireIndex);
                (each.Kind == InterfaceKind.Port ? wire.Port : wire.Plug).Should().Be(EndOf(i, place));
            }
        }

        for (int i = 0; i < manifest.WireCount; i++)
        {
            WireDescription wire = manifest.GetWire(i);
            manifest.GetVm((int)wire.Port.Vm).GetInterface((int)wire.Port.Interface).WireIndex.Should().Be(i);
            manifest.GetVm((int)wire.Plug.Vm).GetInterface((int)wire.Plug.Interface).WireIndex.Should().Be(i);
        }

        return true;
    }

    private static BootManifest Read(byte[] bytes)
    {
        BootManifest.TryRead(bytes, out BootManifest? manifest).Fault.Should().Be(ManifestFault.None);
        return manifest!;
    }

    private static ManifestFault Fault(byte[] bytes) => BootManifest.TryRead(bytes, out _).Fault;

    private static ManifestFile FileOf(string name, long length) => new(name, "", length, Enumerable.Range(name.Length, FileDigest.Length).Select(i => (byte)i).ToArray());

    private static WireEnd EndOf(int vm, int place) => new() { Vm = (uint)vm, Interface = (uint)place };

    private static VmSpecification Plain(int index) =>
        new() { Name = $"vm-{index}", MemoryBytes = 2 << 20, Protocol = BootProtocol.Multiboot, KernelFile = 2 };

    private static string Text(ReadOnlySpan<byte> text) => Encoding.UTF8.GetString(text);
}
