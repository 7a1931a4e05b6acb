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
    private static readonly ManifestFile[] Files = [new("vmlinuz", "", 100), new("initrd.img", "", 200), new("xen.elf", "", 300)];

    private static readonly VmSpecification[] Vms =
    [
        new()
        {
            Name = "hello", MemoryBytes = 128 << 20, Protocol = BootProtocol.Linux, KernelFile = 0, CommandLine = "console=ttyS0",
            Modules = [new ModuleSpecification(1, "")],
        },
        new()
        {
            Name = "second-1", MemoryBytes = 2 << 20, Protocol = BootProtocol.Multiboot, KernelFile = 2, Console = ConsoleKind.None, Restart = RestartPolicy.Always,
            Modules = [new ModuleSpecification(0, "first"), new ModuleSpecification(1, "zweites, ü")],
        },
    ];

    private static readonly ManifestLayout Layout = new(2, 3, 3, 0);

    [Fact]
    public void All_that_was_written_is_read()
    {
        BootManifest manifest = Read(ManifestWriter.Write(Vms, Files));
        manifest.VmCount.Should().Be(2);
        manifest.FileCount.Should().Be(3);
        for (int i = 0; i < Files.Length; i++)
        {
            Text(manifest.GetFile(i).Name).Should().Be(Files[i].Name);
            manifest.GetFile(i).Length.Should().Be((ulong)Files[i].Length);
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
        }
    }

    [Fact]
    public void What_is_read_is_what_was_checked_even_if_the_bytes_change_later()
    {
        byte[] bytes = ManifestWriter.Write(Vms, Files);
        BootManifest manifest = Read(bytes);
        Array.Fill(bytes, (byte)0xFF);
        Text(manifest.GetVm(0).Name).Should().Be("hello");
    }

    [Fact]
    public void Bytes_behind_the_manifest_are_left_alone()
    {
        byte[] bytes = [.. ManifestWriter.Write(Vms, Files), 1, 2, 3];
        Read(bytes).VmCount.Should().Be(2);
    }

    [Fact]
    public void Every_shortened_manifest_is_refused()
    {
        byte[] bytes = ManifestWriter.Write(Vms, Files);
        for (int length = 0; length < bytes.Length; length++)
            Fault(bytes[..length]).Should().Be(ManifestFault.Truncated, "it is {0} of {1} bytes", length, bytes.Length);
    }

    [Fact]
    public void Every_flipped_bit_is_refused()
    {
        byte[] bytes = ManifestWriter.Write(Vms, Files);
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Fault(bytes).Should().NotBe(ManifestFault.None, "bit {0} is flipped", bit);
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    public static TheoryData<ManifestFault, int, byte[]> Damages()
    {
        int vm = (int)Layout.Vm(1);
        int file = (int)Layout.File(1);
        int module = (int)Layout.Module(1);
        byte[] beyond = [0xFF, 0xFF, 0xFF, 0xFF];
        byte[] two = [2, 0, 0, 0];
        return new()
        {
            { ManifestFault.NotAManifest, 0, "MZ"u8.ToArray() },
            { ManifestFault.Version, 8, two },
            { ManifestFault.Length, 12, beyond },
            { ManifestFault.VmCount, 20, new byte[4] },
            { ManifestFault.VmCount, 20, beyond },
            { ManifestFault.FileCount, 24, beyond },
            { ManifestFault.ModuleCount, 28, beyond },
            { ManifestFault.Length, 32, beyond },
            { ManifestFault.Reserved, 36, two },
            { ManifestFault.FileLength, file, new byte[8] },
            { ManifestFault.FileName, file + 8, beyond },
            { ManifestFault.FileName, file + 12, beyond },
            { ManifestFault.FileName, file + 12, new byte[4] },
            { ManifestFault.ModuleFile, module, [3, 0, 0, 0] },
            { ManifestFault.ModuleCommandLine, module + 4, beyond },
            { ManifestFault.VmMemory, vm, new byte[8] },
            { ManifestFault.VmMemory, vm, [1, 0] },
            { ManifestFault.VmMemory, vm, [0, 0, 0, 0, 0, 0, 0, 0x80] },
            { ManifestFault.VmName, vm + 8, beyond },
            { ManifestFault.VmName, vm + 12, new byte[4] },
            { ManifestFault.VmCommandLine, vm + 20, beyond },
            { ManifestFault.VmVcpus, vm + 24, new byte[4] },
            { ManifestFault.VmVcpus, vm + 24, two },
            { ManifestFault.VmKernel, vm + 28, [3, 0, 0, 0] },
            { ManifestFault.VmModules, vm + 32, beyond },
            { ManifestFault.VmModules, vm + 36, [3, 0, 0, 0] },
            { ManifestFault.VmProtocol, vm + 40, [0] },
            { ManifestFault.VmProtocol, vm + 40, [4] },
            { ManifestFault.VmConsole, vm + 41, [2] },
            { ManifestFault.VmRestart, vm + 42, [3] },
            { ManifestFault.Reserved, vm + 43, [1] },
            { ManifestFault.Reserved, vm + 44, two },
        };
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public void Each_field_is_checked_by_the_hypervisor_itself(ManifestFault expected, int offset, byte[] content)
    {
        byte[] bytes = ManifestWriter.Write(Vms, Files);
        content.CopyTo(bytes, offset);
        ManifestHeader.Seal(bytes);
        BootManifest.TryRead(bytes, out BootManifest? manifest).Fault.Should().Be(expected);
        manifest.Should().BeNull();
    }

    [Fact]
    public void A_name_is_had_by_one_vm_and_by_one_file()
    {
        Fault(ManifestWriter.Write([Vms[0], Vms[0] with { KernelFile = 1 }], Files)).Should().Be(ManifestFault.DuplicateVm);
        Fault(ManifestWriter.Write(Vms, [Files[0], Files[1], Files[0]])).Should().Be(ManifestFault.DuplicateFile);
    }

    [Theory]
    [InlineData("lamina")]
    [InlineData("Hello")]
    [InlineData("a b")]
    [InlineData("a|")]
    [InlineData("0123456789012345678901234567890x")]
    public void A_name_that_could_forge_a_line_of_the_log_is_refused(string name) =>
        Fault(ManifestWriter.Write([Vms[0] with { Name = name }], Files)).Should().Be(ManifestFault.VmName);

    [Theory]
    [InlineData("../vmlinuz")]
    [InlineData("Vmlinuz")]
    [InlineData(".hidden")]
    [InlineData("manifest.bin")]
    [InlineData("boot.conf")]
    public void A_file_name_that_is_not_flat_and_plain_is_refused(string name) =>
        Fault(ManifestWriter.Write(Vms, [new(name, "", 1), .. Files[1..]])).Should().Be(ManifestFault.FileName);

    [Theory]
    [InlineData(2047, ManifestFault.None)]
    [InlineData(2048, ManifestFault.VmCommandLine)]
    public void A_command_line_has_at_most_2047_bytes(int length, ManifestFault expected) =>
        Fault(ManifestWriter.Write([Vms[0] with { CommandLine = new string('x', length) }], Files)).Should().Be(expected);

    [Fact]
    public void A_command_line_has_no_zero_byte() =>
        Fault(ManifestWriter.Write([Vms[0] with { CommandLine = "a\0b" }], Files)).Should().Be(ManifestFault.VmCommandLine);

    [Fact]
    public void Any_bytes_are_refused_or_accepted_without_a_fault() =>
        Prop.ForAll<byte[]>(bytes => { ReadAll(bytes ?? []); }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_change_under_a_right_checksum_is_refused_or_accepted_without_a_fault()
    {
        byte[] original = ManifestWriter.Write(Vms, Files);
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
        }

        return true;
    }

    private static BootManifest Read(byte[] bytes)
    {
        BootManifest.TryRead(bytes, out BootManifest? manifest).Fault.Should().Be(ManifestFault.None);
        return manifest!;
    }

    private static ManifestFault Fault(byte[] bytes) => BootManifest.TryRead(bytes, out _).Fault;

    private static string Text(ReadOnlySpan<byte> text) => Encoding.UTF8.GetString(text);
}
