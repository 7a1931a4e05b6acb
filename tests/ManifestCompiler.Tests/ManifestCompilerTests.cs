using System;
using System.IO;
using System.Linq;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Lamina.Core;

namespace Lamina.Manifests.Tests;

public class ManifestCompilerTests(ManifestFolder folder) : IClassFixture<ManifestFolder>
{
    internal const string Hello = """
        version: 1
        vms:
          - name: hello
            memory: 128M
            cpus: 1
            boot:
              protocol: linux
              kernel: vmlinuz
              initrd: initrd.img
              command-line: console=ttyS0
            console: serial
        """;

    [Fact]
    public void The_example_of_the_documentation_compiles()
    {
        ManifestResult result = folder.Compile(Hello);
        result.Errors.Should().BeEmpty();
        BootManifest manifest = Read(result);
        manifest.VmCount.Should().Be(1);
        VmDescription vm = manifest.GetVm(0);
        Encoding.UTF8.GetString(vm.Name).Should().Be("hello");
        vm.MemoryBytes.Should().Be(128 << 20);
        vm.VcpuCount.Should().Be(1);
        vm.Protocol.Should().Be(BootProtocol.Linux);
        Encoding.UTF8.GetString(vm.CommandLine).Should().Be("console=ttyS0");
        vm.Console.Should().Be(ConsoleKind.Serial);
        vm.Restart.Should().Be(RestartPolicy.Never);
        result.Manifest!.Files.Select(file => file.Name).Should().Equal("vmlinuz", "initrd.img");
        vm.KernelFile.Should().Be(0);
        vm.ModuleCount.Should().Be(1);
        vm.GetModule(0).File.Should().Be(1);
    }

    [Fact]
    public void Initrds_are_a_path_or_a_list_with_command_lines()
    {
        ManifestResult result = folder.Compile("""
            version: 1
            vms:
              - { name: a, memory: 8M, restart: on-failure, console: none, boot: { protocol: multiboot, kernel: mb, initrd: [initrd.img, { path: text, command-line: hi there }] } }
              - { name: b, memory: 8M, boot: { protocol: pvh, kernel: pvh, initrd: initrd.img } }
            """);
        BootManifest manifest = Read(result);
        VmDescription first = manifest.GetVm(0);
        first.ModuleCount.Should().Be(2);
        Encoding.UTF8.GetString(first.GetModule(1).CommandLine).Should().Be("hi there");
        first.Console.Should().Be(ConsoleKind.None);
        first.Restart.Should().Be(RestartPolicy.OnFailure);
        manifest.GetVm(1).GetModule(0).File.Should().Be(first.GetModule(0).File, "two VMs that name one file share it");
        manifest.FileCount.Should().Be(4);
    }

    [Fact]
    public void Files_travel_under_plain_names_that_are_their_own()
    {
        folder.Add("My Kernel.IMG", SampleKernels.Multiboot());
        folder.Add("my-kernel.img", [1]);
        folder.Add("Manifest.bin", [2]);
        folder.Add("_x", [3]);
        ManifestResult result = folder.Compile("""
            version: 1
            vms: [{ name: a, memory: 8M, boot: { protocol: multiboot, kernel: My Kernel.IMG, initrd: [my-kernel.img, Manifest.bin, _x] } }]
            """);
        Read(result);
        result.Manifest!.Files.Select(file => file.Name).Should().Equal("my-kernel.img", "my-kernel.img-2", "manifest.bin-2", "f_x");
    }

    [Fact]
    public void Files_that_are_alike_travel_once_wherever_they_lie()
    {
        folder.Add("kernel", SampleKernels.Multiboot());
        folder.Add("one.img", [1, 2, 3]);
        folder.Add("other.img", [1, 2, 3]);
        folder.Add("longer.img", [1, 2, 3, 0]);
        ManifestResult result = folder.Compile("""
            version: 1
            vms: [{ name: a, memory: 8M, boot: { protocol: multiboot, kernel: kernel, initrd: [one.img, longer.img, other.img] } }]
            """);
        Read(result);
        result.Manifest!.Files.Select(file => file.Name).Should().Equal("kernel", "one.img", "longer.img");
        result.Manifest.Vms[0].Modules.Select(module => module.File).Should().Equal(1, 2, 1);
    }

    [Fact]
    public void All_errors_are_said_in_one_pass_each_with_its_place()
    {
        folder.Errors("""
            version: 2
            color: red
            vms:
              - name: Hello
                memory: 100
                cpus: 33
                cpus: 1
                boot:
                  protocol: linus
                  kernel: nowhere
                consol: serial
              - name: b
                memory: 64M
                boot: { protocol: pvh, kernel: vmlinuz, initrd: [folder, empty, 5] }
              - name: b
              - just text
            """).Select(error => error.Split(';')[0]).Should().Equal(
            "m.yaml:1:10: version: is 2",
            "m.yaml:2:1: color: is no key here",
            "m.yaml:4:11: vms[0].name: is 'Hello'",
            "m.yaml:5:13: vms[0].memory: is '100'",
            "m.yaml:6:11: vms[0].cpus: is '33'",
            "m.yaml:7:5: vms[0].cpus: comes twice (first in line 6)",
            "m.yaml:9:17: vms[0].boot.protocol: is 'linus'",
            "m.yaml:10:15: vms[0].boot.kernel: there is no file 'nowhere'",
            "m.yaml:11:5: vms[0].consol: is no key here",
            "m.yaml:14:36: vms[1].boot.kernel: 'vmlinuz' is no PVH kernel: 'protocol: pvh' takes an ELF with the note XEN_ELFNOTE_PHYS32_ENTRY",
            "m.yaml:14:54: vms[1].boot.initrd[0]: 'folder' is a directory",
            "m.yaml:14:62: vms[1].boot.initrd[1]: the file 'empty' is empty",
            "m.yaml:14:69: vms[1].boot.initrd[2]: is a number (for the string, write \"5\")",
            "m.yaml:15:5: vms[2].memory: is missing",
            "m.yaml:15:5: vms[2].boot: is missing",
            "m.yaml:15:11: vms[2].name: is 'b', as is that of the VM in line 12",
            "m.yaml:16:5: vms[3]: is a string");
    }

    [Theory]
    [InlineData("cpus: 33", "1 to 32 are allowed")]
    [InlineData("memory: 1G1", "2M to 1024G are allowed, in multiples of 4K, written like 128M (K, M and G are powers of 1024)")]
    [InlineData("consol: serial", "did you mean 'console'?")]
    [InlineData("console: vga", "allowed are none, serial, virtio")]
    [InlineData("console: serail", "did you mean 'serial'?")]
    [InlineData("restart: yes", "allowed are never, on-failure, always")]
    [InlineData("name: lamina", "and not 'lamina'")]
    [InlineData("name: 5", "is a number (for the string, write \"5\")")]
    [InlineData("name: true", "is true or false")]
    [InlineData("name:", "is nothing")]
    [InlineData("cpus: '1'", "is '1'; 1 to 32 are allowed")]
    [InlineData("boot: linux", "is a string; a mapping with the keys protocol, kernel, initrd, command-line is needed")]
    public void What_is_allowed_is_said(string line, string said)
    {
        string key = line.Split(':')[0];
        string yaml = "version: 1\nvms:\n  - boot: { protocol: linux, kernel: vmlinuz }\n    name: a\n    memory: 64M\n";
        string[] lines = [.. yaml.Split('\n').Where(each => !each.TrimStart(' ', '-').StartsWith(key + ":")), "    " + line];
        if (key == "boot")
            (lines[2], lines[3]) = ("  - name: a", "    memory: 64M");
        folder.Errors(string.Join('\n', lines)).Should().ContainSingle().Which.Should().Contain(said);
    }

    [Theory]
    [InlineData("linux", "text", "is no Linux kernel: 'protocol: linux' takes a bzImage")]
    [InlineData("linux", "old", "is a Linux kernel of boot protocol 2.11: 2.12 or later is needed")]
    [InlineData("linux", "vmlinuz32", "is a 32-bit Linux kernel")]
    [InlineData("linux", "cut", "ends within its setup code")]
    [InlineData("linux", "pvh", "this file is an ELF with the PVH note: 'protocol: pvh' takes it")]
    [InlineData("linux", "elf", "this file is an ELF without the PVH note")]
    [InlineData("linux", "mb", "'protocol: multiboot' takes it")]
    [InlineData("pvh", "vmlinuz", "this file is a bzImage: 'protocol: linux' takes it, or take the vmlinux out of it")]
    [InlineData("pvh", "text", "'protocol: pvh' takes an ELF with the note XEN_ELFNOTE_PHYS32_ENTRY")]
    [InlineData("pvh", "elf", "is an ELF without the note XEN_ELFNOTE_PHYS32_ENTRY")]
    [InlineData("pvh", "gnu", "is an ELF without the note XEN_ELFNOTE_PHYS32_ENTRY")]
    [InlineData("multiboot", "text", "takes a file with a version 1 header")]
    [InlineData("multiboot", "vmlinuz", "this file is a bzImage: 'protocol: linux' takes it")]
    [InlineData("multiboot", "mb-late", "in its first 8 KiB")]
    [InlineData("multiboot", "mb-sum", "its checksum right")]
    [InlineData("multiboot", "mb-nowhere", "does not say where it is to be loaded")]
    [InlineData("multiboot", "mb2", "has only a multiboot2 header")]
    public void A_kernel_that_is_no_kernel_is_refused_with_what_would_be_right(string protocol, string kernel, string said) =>
        folder.Errors($"version: 1\nvms:\n- name: a\n  memory: 64M\n  boot: {{ protocol: {protocol}, kernel: {kernel} }}\n")
            .Should().ContainSingle().Which.Should().StartWith("m.yaml:5:").And.Contain($"vms[0].boot.kernel: '{kernel}' ").And.Contain(said);

    [Theory]
    [InlineData("2M", 2UL << 20)]
    [InlineData("2052K", 2052UL << 10)]
    [InlineData("1G", 1UL << 30)]
    [InlineData("1024G", 1UL << 40)]
    [InlineData("2097152", 2UL << 20)]
    public void Memory_is_taken(string text, ulong bytes) =>
        Read(folder.Compile($"version: 1\nvms: [{{ name: a, memory: {text}, boot: {{ protocol: multiboot, kernel: mb }} }}]")).GetVm(0).MemoryBytes.Should().Be(bytes);

    [Theory]
    [InlineData("1M")]
    [InlineData("2049K")]
    [InlineData("2050K")]
    [InlineData("1025G")]
    [InlineData("18014398509481984G")]
    [InlineData("99999999999999999999")]
    [InlineData("128m")]
    [InlineData("128MB")]
    [InlineData("128 M")]
    [InlineData("1.5G")]
    [InlineData("-2M")]
    [InlineData("0x200000")]
    [InlineData("M")]
    [InlineData("[]")]
    public void Memory_is_refused(string text) =>
        folder.Errors($"version: 1\nvms: [{{ name: a, memory: {text}, boot: {{ protocol: multiboot, kernel: mb }} }}]")
            .Should().ContainSingle().Which.Should().Contain("vms[0].memory: is ").And.Contain("; 2M to 1024G are allowed");

    [Fact]
    public void A_vm_with_too_little_memory_for_its_kernel_is_refused() =>
        folder.Errors("version: 1\nvms: [{ name: a, memory: 24M, boot: { protocol: linux, kernel: vmlinuz, initrd: initrd.img } }]")
            .Should().ContainSingle().Which.Should().Contain("vms[0].memory: is too little: the kernel and its initrd need 25M");

    [Fact]
    public void More_memory_than_the_machine_is_given_is_refused()
    {
        const string Two = "version: 1\nvms:\n- { name: a, memory: 300M, boot: { protocol: multiboot, kernel: mb } }\n- { name: b, memory: 300M, boot: { protocol: multiboot, kernel: mb } }\n";
        folder.Errors(Two, machineMemoryBytes: 512 << 20).Should().ContainSingle().Which
            .Should().StartWith("m.yaml:4:22: vms[1].memory: is too much: with this VM they want 600M together, and the machine is given 512M");
        folder.Errors(Two, machineMemoryBytes: 600 << 20).Should().BeEmpty();
    }

    [Fact]
    public void Linux_gives_its_initrds_no_command_line() =>
        folder.Errors("version: 1\nvms: [{ name: a, memory: 64M, boot: { protocol: linux, kernel: vmlinuz, initrd: [{ path: text, command-line: x }] } }]")
            .Should().ContainSingle().Which.Should().Contain("vms[0].boot.initrd[0].command-line: is not for Linux");

    [Theory]
    [InlineData("", "m.yaml:1:1: manifest: is empty")]
    [InlineData("[]", "m.yaml:1:1: manifest: is a list; a mapping with the keys version, vms is needed")]
    [InlineData("version: 1", "m.yaml:1:1: vms: is missing")]
    [InlineData("version: 1\nvms: []", "m.yaml:2:6: vms: is a list of 0; a list of 1 to 64 VMs is needed")]
    [InlineData("version: 1\nvms: {}", "m.yaml:2:6: vms: is a mapping")]
    [InlineData("version: 1\nvms:\n\t- x", "manifest: is no YAML")]
    [InlineData("version: 1\n---\nversion: 1", "manifest: is no YAML: a manifest is one YAML document")]
    [InlineData("vms:\n{\nvms:\n*a", "manifest: is no YAML: a list or mapping in brackets that begins before here is not closed")]
    [InlineData("vms: *none", "manifest: is no YAML: no anchor 'none'")]
    public void What_is_no_manifest_is_said(string yaml, string said) =>
        folder.Errors(yaml).Should().Contain(error => error.Contains(said));

    [Fact]
    public void A_manifest_that_is_not_there_is_said() =>
        ManifestCompiler.Compile("none.yaml").Errors.Should().ContainSingle().Which.ToString().Should().StartWith("none.yaml:1:1: manifest: cannot be read");

    [Fact]
    public void A_long_command_line_is_refused() =>
        folder.Errors($"version: 1\nvms: [{{ name: a, memory: 64M, boot: {{ protocol: linux, kernel: vmlinuz, command-line: {new string('x', 2048)} }} }}]")
            .Should().ContainSingle().Which.Should().Contain("has 2048 bytes; at most 2047 are allowed");

    [Fact]
    public void Any_text_is_refused_or_accepted_without_a_fault()
    {
        Gen<string> lines = Gen.Elements(Hello.Split('\n')).Or(Gen.Elements("- x", "&a b", "*a", "? [1]", "{", "'", "vms: *a", "  cpus: ~", "\t", "---"));
        Prop.ForAll(Arb.From(lines.ArrayOf()), chosen => { folder.Compile(string.Join('\n', chosen)); }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void Any_file_is_a_kernel_or_not_without_a_fault() =>
        Prop.ForAll(
            Arb.From(Gen.Elements(SampleKernels.BzImage(), SampleKernels.Elf(), SampleKernels.Multiboot())),
            ArbMap.Default.ArbFor<(ushort Offset, byte Value)[]>(),
            (kernel, changes) =>
            {
                byte[] file = [.. kernel];
                foreach ((ushort offset, byte value) in changes)
                    file[offset % Math.Min(file.Length, 512)] = value;
                folder.Add("fuzzed", file);
                foreach (string protocol in (string[])["linux", "pvh", "multiboot"])
                    folder.Compile($"version: 1\nvms: [{{ name: a, memory: 64M, boot: {{ protocol: {protocol}, kernel: fuzzed }} }}]");
            }).QuickCheckThrowOnFailure();

    private static BootManifest Read(ManifestResult result)
    {
        result.Errors.Should().BeEmpty();
        BootManifest.TryRead(result.Manifest!.Binary, out BootManifest? manifest).Fault.Should().Be(ManifestFault.None);
        return manifest!;
    }
}
