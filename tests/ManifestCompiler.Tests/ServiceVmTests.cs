using System.IO;
using System.Linq;
using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using Lamina.Core;

namespace Lamina.Manifests.Tests;

/// <summary>What a VM says of its life, its disks and its network, and of other VMs.</summary>
public class ServiceVmTests(ManifestFolder folder) : IClassFixture<ManifestFolder>
{
    private const string Boot = "memory: 8M, boot: { protocol: multiboot, kernel: mb }";

    [Fact]
    public void What_is_not_said_is_as_documented()
    {
        VmDescription vm = Read($"{{ name: a, {Boot} }}").GetVm(0);
        vm.Weight.Should().Be(100);
        vm.CapPercent.Should().Be(0);
        vm.AllowedCpus.Should().Be(CpuSet.All);
        vm.AfterCount.Should().Be(0);
        vm.Ready.Should().Be(ReadyKind.Started);
        vm.ReadyWithinMilliseconds.Should().Be(0);
        vm.BackOffMilliseconds.Should().Be(1000);
        vm.DiskCount.Should().Be(0);
        vm.InterfaceCount.Should().Be(0);
        vm.HasRng.Should().BeTrue();
        Read($"{{ name: a, ready: told, {Boot} }}").GetVm(0).ReadyWithinMilliseconds.Should().Be(120_000);
        Read($"{{ name: a, disks: [{{ image: disk.img, mode: copy-on-write }}], {Boot} }}").GetVm(0).GetDisk(0).WriteBytes.Should().Be(64 << 20);
    }

    [Theory]
    [InlineData("weight: 0", "weight: is '0'; 1 to 10000 are allowed")]
    [InlineData("wieght: 5", "did you mean 'weight'?")]
    [InlineData("cap: 50", "cap: is '50'; 1% to 100% of a CPU for each of its CPUs are allowed, or none")]
    [InlineData("cap: 101%", "cap: is '101%'; 1% to 100%")]
    [InlineData("allowed-cpus: 64", "allowed-cpus: is '64'; a CPU's number, 0 to 63, or a range of them is needed, written like 2 or 0-3, or a list of such, [0, 2-3]")]
    [InlineData("allowed-cpus: []", "allowed-cpus: is an empty list; a CPU's number")]
    [InlineData("allowed-cpus: '0-1,3'", "allowed-cpus: is '0-1,3'; a CPU's number")]
    [InlineData("allowed-cpus: [0, 3-1]", "allowed-cpus[1]: is '3-1'; a CPU's number")]
    [InlineData("allowed-cpus: [62-64]", "allowed-cpus[0]: is '62-64'; a CPU's number")]
    [InlineData("allowed-cpus: [-1]", "allowed-cpus[0]: is '-1'; a CPU's number")]
    [InlineData("allowed-cpus: [1-]", "allowed-cpus[0]: is '1-'; a CPU's number")]
    [InlineData("allowed-cpus: [1-2-3]", "allowed-cpus[0]: is '1-2-3'; a CPU's number")]
    [InlineData("allowed-cpus: [0x1]", "allowed-cpus[0]: is '0x1'; a CPU's number")]
    [InlineData("allowed-cpus: all", "allowed-cpus: is 'all'; a CPU's number")]
    [InlineData("allowed-cpus: [[1]]", "allowed-cpus[0]: is a list; a CPU's number")]
    [InlineData("allowed-cpus: { first: 1 }", "allowed-cpus: is a mapping; a CPU's number")]
    [InlineData("ready: maybe", "ready: is 'maybe'; allowed are started, told")]
    [InlineData("ready-within: 5s", "ready-within: is for a VM that says itself when it is ready; it is allowed with 'ready: told'")]
    [InlineData("ready: told, ready-within: 90", "ready-within: is '90'; 1s to 1h are allowed, written like 90s (ms, s, m and h)")]
    [InlineData("ready: told, ready-within: 999ms", "ready-within: is '999ms'; 1s to 1h are allowed")]
    [InlineData("ready: told, ready-within: 61m", "ready-within: is '61m'; 1s to 1h are allowed")]
    [InlineData("ready: told, ready-within: 18446744073709551615h", "1s to 1h are allowed")]
    [InlineData("back-off: 2s", "back-off: is for a VM that starts again; it is allowed with 'restart: on-failure' and 'restart: always'")]
    [InlineData("restart: always, back-off: 2m", "back-off: is '2m'; 10ms to 1m are allowed, written like 2s")]
    [InlineData("rng: 1", "rng: is '1'; true or false is needed")]
    [InlineData("console: virtoi", "console: is 'virtoi'; allowed are none, serial, virtio; did you mean 'virtio'?")]
    [InlineData("disks: disk.img", "disks: is a string; a list of at most 8 paths of images, or of { image: …, mode: …, writes: … }, is needed")]
    [InlineData("disks: [text]", "disks[0]: 'text' is 9 bytes long; a multiple of 512 is needed (truncate -s %512 makes it one)")]
    [InlineData("disks: [nowhere]", "disks[0]: there is no file 'nowhere'")]
    [InlineData("disks: [{ image: disk.img, mode: cow }]", "disks[0].mode: is 'cow'; allowed are read-only, copy-on-write")]
    [InlineData("disks: [{ image: disk.img, writes: 4M }]", "disks[0].writes: is for a disk that can be written; it is allowed with 'mode: copy-on-write'")]
    [InlineData("disks: [{ image: disk.img, mode: copy-on-write, writes: 1K }]", "disks[0].writes: is '1K'; 1M to 1024G are allowed, in multiples of 4K")]
    [InlineData("ports: [a, { name: a }]", "ports[1].name: is 'a', as is that of the port in line 3; each port of a VM needs a name of its own")]
    [InlineData("ports: [Lan]", "ports[0]: is 'Lan'; a name of 1 to 31 of a-z, 0-9 and '-' is needed")]
    [InlineData("ports: [{ name: a, rate: 1T }]", "ports[0].rate: is '1T'; 64K to 1000G bits per second are allowed, written like 100M (K, M and G are powers of 1000), or none")]
    [InlineData("ports: [{ name: a, rate: 63K }]", "ports[0].rate: is '63K'; 64K to 1000G")]
    [InlineData("ports: [{ name: a, when-full: drop }]", "ports[0].when-full: is no key here; allowed are name, rate, mac, queues")]
    [InlineData("ports: [{ name: a, mac: 53:54:00:12:34:56 }]", "ports[0].mac: is '53:54:00:12:34:56'; a unicast address is needed, written like 52:54:00:12:34:56")]
    [InlineData("ports: [{ name: a, queues: 9 }]", "ports[0].queues: is '9'; 1 to 8 are allowed")]
    [InlineData("interfaces: [lan]", "interfaces[0]: is 'lan'; the port of another VM is needed, written VM.PORT")]
    [InlineData("interfaces: [netwrok.lan]", "interfaces[0]: is 'netwrok.lan'; no VM has the name 'netwrok'; did you mean 'network'?")]
    [InlineData("interfaces: [network.lam]", "interfaces[0]: is 'network.lam'; the VM 'network' has the ports lan, spare; did you mean 'lan'?")]
    [InlineData("interfaces: [plain.lan]", "interfaces[0]: is 'plain.lan'; the VM 'plain' has no ports")]
    [InlineData("ports: [lan], interfaces: [a.lan]", "interfaces[0]: is 'a.lan'; a VM is not wired to itself")]
    [InlineData("interfaces: [network.lan, { wire: network.lan }]", "interfaces[1].wire: is 'network.lan'; vms[0].interfaces[0] in line 3 is plugged in there already; a port takes one")]
    [InlineData("interfaces: [{ wire: network.lan, when-full: lose }]", "interfaces[0].when-full: is 'lose'; allowed are wait, drop")]
    [InlineData("interfaces: [{ wire: network.lan, mac: 52:54:00:00:00:01 }]", "has the MAC address 52:54:00:00:00:01, as has vms[0].interfaces[0].wire; each interface needs one of its own")]
    [InlineData("after: netwrok", "after: is 'netwrok', and no VM has this name; did you mean 'network'?")]
    [InlineData("after: [a]", "after[0]: is 'a', the VM itself, which would never start")]
    [InlineData("after: [plain, plain]", "after[1]: is 'plain', which comes twice")]
    [InlineData("after: 5", "after: is a number (for the string, write \"5\"); the name of another VM, or a list of names, is needed")]
    [InlineData("after: [network]", "after: closes a cycle, in which each VM would wait for the next for ever: a -> network -> a; one of them must not come after the next")]
    public void What_is_wrong_is_said_where_it_is_and_with_what_is_allowed(string keys, string said) =>
        folder.Errors($$"""
            version: 1
            vms:
              - { name: a, {{keys}}, {{Boot}} }
              - { name: network, after: a, ports: [lan, { name: spare, mac: 52:54:00:00:00:01 }], {{Boot}} }
              - { name: plain, {{Boot}} }
            """).Should().ContainSingle().Which.Should().StartWith("m.yaml:").And.Contain("vms[").And.Contain(said);

    [Theory]
    [InlineData("0", 1UL)]
    [InlineData("63", 1UL << 63)]
    [InlineData("\"2\"", 1UL << 2)]
    [InlineData("1-3", 0b1110UL)]
    [InlineData("5-5", 1UL << 5)]
    [InlineData("0-63", ulong.MaxValue)]
    [InlineData("[0, 2, 3]", 0b1101UL)]
    [InlineData("[62-63, 0-1, 4]", (3UL << 62) | 0b1_0011)]
    [InlineData("[0-2, 1]", 0b111UL)]
    public void The_CPUs_that_it_is_allowed_are_numbers_and_ranges(string written, ulong bits) =>
        Read($"{{ name: a, allowed-cpus: {written}, {Boot} }}").GetVm(0).AllowedCpus.Bits.Should().Be(bits);

    [Fact]
    public void Too_many_of_anything_are_refused()
    {
        string ports = string.Join(", ", Enumerable.Range(0, 16).Select(i => $"p{i}"));
        folder.Errors(Manifest($"{{ name: a, ports: [{ports}, p16], {Boot} }}")).Should().ContainSingle().Which
            .Should().Contain("vms[0].ports: is a list of 17; a list of at most 16 names");
        folder.Errors(Manifest($"{{ name: a, ports: [{ports}], interfaces: [b.p0], {Boot} }}", $"{{ name: b, ports: [p0], {Boot} }}")).Should().ContainSingle().Which
            .Should().Contain("vms[0].interfaces[0]: is one too many: the VM has 17 ports and interfaces together; at most 16 are allowed");

        string[] owners = [.. Enumerable.Range(0, 9).Select(i => $"{{ name: o{i}, ports: [{ports}], {Boot} }}")];
        string[] others = [.. Enumerable.Range(0, 9).Select(i =>
            $"{{ name: c{i}, interfaces: [{string.Join(", ", Enumerable.Range(0, i == 8 ? 1 : 16).Select(p => $"o{i}.p{p}"))}], {Boot} }}")];
        folder.Errors(Manifest([.. owners, .. others])).Should().ContainSingle().Which
            .Should().Contain("vms[17].interfaces[0]: is one wire too many; at most 128 are allowed");
        Read([.. owners, .. others[..8]]).WireCount.Should().Be(128);
    }

    [Fact]
    public void A_cycle_is_told_once_by_the_names_along_it() =>
        folder.Errors(Manifest(
            $"{{ name: in, after: a, {Boot} }}", $"{{ name: a, after: [b], {Boot} }}", $"{{ name: b, after: [c], {Boot} }}", $"{{ name: c, after: [a, d], {Boot} }}",
            $"{{ name: d, {Boot} }}")).Should().ContainSingle().Which.Should().Contain("vms[3].after[0]: ").And.Contain(": a -> b -> c -> a;");

    /// <summary>The compiler and the hypervisor must not disagree about which orders there are.</summary>
    [Fact]
    public void Whatever_waits_for_what_the_compiler_refuses_a_cycle_and_the_hypervisor_takes_the_rest()
    {
        int refused = 0;
        Prop.ForAll(Arb.From(Gen.Choose(0, 31).Select(bits => bits & Gen.Choose(0, 31).Sample(1).First()).ArrayOf(5)), waits =>
        {
            VmSpecification[] vms = [.. waits.Select((bits, i) => new VmSpecification
            {
                Name = $"v{i}", MemoryBytes = 8 << 20, Protocol = BootProtocol.Multiboot, KernelFile = 0,
                After = [.. Enumerable.Range(0, 5).Where(j => j != i && (bits >> j & 1) != 0)],
            })];
            string[] texts = [.. vms.Select(vm => $"{{ name: {vm.Name}, after: [{string.Join(", ", vm.After.Select(j => $"v{j}"))}], {Boot} }}")];
            ManifestFile[] files = [new("mb", "", 1, new byte[32])];
            bool isTaken = BootManifest.TryRead(ManifestWriter.Write(vms, files), out _).Fault == ManifestFault.None;
            (folder.Errors(Manifest(texts)).Length == 0).Should().Be(isTaken);
            refused += isTaken ? 0 : 1;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
        refused.Should().BeInRange(1, 199, "both ways are to be tried");
    }

    [Fact]
    public void A_mac_address_is_the_same_wherever_its_interface_stands()
    {
        ulong[] first = Macs(Read($"{{ name: a, ports: [x, y], {Boot} }}", $"{{ name: b, interfaces: [a.y, a.x], {Boot} }}"));
        ulong[] second = Macs(Read($"{{ name: b, interfaces: [a.x, a.y], {Boot} }}", $"{{ name: other, ports: [x], {Boot} }}", $"{{ name: a, ports: [new, y, x], {Boot} }}"));
        first.Should().OnlyHaveUniqueItems().And.OnlyContain(mac => (mac & 3) == 2, "they are unicast and locally administered");
        second.Should().OnlyHaveUniqueItems();
        (second[5], second[4], second[1], second[0]).Should().Be((first[0], first[1], first[2], first[3]));
        byte[] hash = SHA256.HashData("a/x"u8);
        first[0].Should().Be(hash.Take(6).Select((octet, i) => (ulong)(i == 0 ? (octet & ~1) | 2 : octet) << (8 * i)).Aggregate((all, octet) => all | octet));
    }

    [Fact]
    public void A_mac_address_that_is_given_has_its_octets_in_order() =>
        Macs(Read($"{{ name: a, ports: [{{ name: x, mac: 52:54:00:12:34:fE }}], {Boot} }}")).Should().Equal(0xFE34_1200_5452);

    [Theory]
    [InlineData("none", "none", 0UL)]
    [InlineData("none", "64000", 64_000UL)]
    [InlineData("1G", "none", 1_000_000_000UL)]
    [InlineData("100M", "1G", 100_000_000UL)]
    [InlineData("1000G", "2500K", 2_500_000UL)]
    public void The_lesser_rate_of_both_ends_counts(string port, string plug, ulong rate) =>
        Read($"{{ name: a, ports: [{{ name: x, rate: {port} }}], {Boot} }}", $"{{ name: b, interfaces: [{{ wire: a.x, rate: {plug} }}], {Boot} }}")
            .GetWire(0).BitsPerSecond.Should().Be(rate);

    [Fact]
    public void A_file_is_known_by_its_sha256_and_travels_once()
    {
        folder.Add("one/root.img", [.. Enumerable.Repeat((byte)1, 512)]);
        folder.Add("two/root.img", [.. Enumerable.Repeat((byte)2, 512)]);
        string[] vms = [$"{{ name: a, disks: [one/root.img, two/root.img], {Boot} }}", $"{{ name: b, disks: [./one/../two/root.img], {Boot} }}"];
        ManifestResult result = folder.Compile(Manifest(vms));
        BootManifest manifest = Read(vms);
        result.Manifest!.Files.Select(file => file.Name).Should().Equal("root.img", "root.img-2", "mb");
        manifest.GetVm(1).GetDisk(0).File.Should().Be(manifest.GetVm(0).GetDisk(1).File);
        for (int i = 0; i < manifest.FileCount; i++)
            manifest.GetFile(i).Digest.ToArray().Should().Equal(SHA256.HashData(File.ReadAllBytes(result.Manifest.Files[i].Path)));
    }

    [Fact]
    public void What_disks_keep_of_writes_counts_as_memory()
    {
        string vm = Manifest($"{{ name: a, disks: [disk.img, {{ image: disk.img, mode: copy-on-write, writes: 24M }}], {Boot} }}");
        folder.Errors(vm, machineMemoryBytes: 32 << 20).Should().BeEmpty();
        folder.Errors(vm, machineMemoryBytes: 31 << 20).Should().ContainSingle().Which
            .Should().Contain("vms[0].memory: is too much: with this VM they want 32M together, of which its disks keep 24M of writes, and the machine is given 31M");
    }

    [Fact]
    public void A_wrong_vm_is_no_reason_to_call_those_that_name_it_wrong() =>
        folder.Errors(Manifest($"{{ name: Net, ports: [lan], memory: 5, boot: {{ protocol: multiboot, kernel: mb }} }}", $"{{ name: a, after: Net, interfaces: [Net.lan], {Boot} }}"))
            .Should().HaveCount(2).And.OnlyContain(error => error.Contains("vms[0]."));

    private BootManifest Read(params string[] vms)
    {
        ManifestResult result = folder.Compile(Manifest(vms));
        result.Errors.Should().BeEmpty();
        BootManifest.TryRead(result.Manifest!.Binary, out BootManifest? manifest).Fault.Should().Be(ManifestFault.None);
        return manifest!;
    }

    private static string Manifest(params string[] vms) => "version: 1\nvms:\n" + string.Concat(vms.Select(vm => $"  - {vm}\n"));

    private static ulong[] Macs(BootManifest manifest) =>
        [.. Enumerable.Range(0, manifest.VmCount).SelectMany(vm => Enumerable.Range(0, manifest.GetVm(vm).InterfaceCount)
            .Select(i => manifest.GetVm(vm).GetInterface(i).MacAddress))];
}
