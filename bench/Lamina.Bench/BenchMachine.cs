using System.Collections.Generic;
using System.IO;
using Lamina.GuestBuilder;

namespace Lamina.Bench;

/// <summary>A machine of several VMs, or of one with devices, that measures under Lamina alone.</summary>
/// <param name="Name">As in <c>figures.yaml</c>.</param>
/// <param name="Manifest">Its boot manifest, in the directory <c>artifacts/guests/bench</c>.</param>
/// <param name="LastLine">What the log says when all has been measured.</param>
public sealed record BenchMachine(string Name, string Manifest, string LastLine)
{
    private const string Kernel = "../outside/vmlinuz";
    private const string Start = "../outside/initrd.img";
    private const string MeasuringVm = "bench";
    private const string MeasuringVmEnds = $"[lamina] {MeasuringVm}: powered off by its guest";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<BenchMachine> All { get; } =
    [
        new("disks", Vms(
            Vm(MeasuringVm, "bench=disks console=hvc0",
                "console: virtio", $"disks: [{BenchGuests.Disk}, {{ image: {BenchGuests.Disk}, mode: copy-on-write, writes: 32M }}]")),
            MeasuringVmEnds),
        Wire("wire", ""),
        Wire("wire-plain", " offloads=off"),
        // The network VM of the product, as it is; what is at its sides has the addresses that its rules name.
        new("chain", Vms(
            Vm("outside", "bench=server address=198.51.100.1/30", "ready: told", "interfaces: [network.uplink]"),
            """
              - name: network
                memory: 128M
                boot:
                  protocol: linux
                  kernel: ../network/vmlinuz
                  initrd: ../network/initrd.img
                  command-line: console=ttyS0 panic=-1 quiet ipv6.disable_ipv6=1 hostname=network
                disks: [../network/root.img]
                ports: [uplink, desktop, apps, extra, spare-1, spare-2]
                after: outside
                ready: told

            """,
            Vm(MeasuringVm, "bench=client name=chain address=10.76.1.2/30 route=10.76.1.1 server=c6336401",
                "interfaces: [{ wire: network.desktop, mac: 02:4c:41:00:00:01 }]", "after: network")),
            MeasuringVmEnds),
    ];

    /// <summary>Writes the manifest into <paramref name="directory"/> and returns its path.</summary>
    public string WriteManifest(string directory)
    {
        string path = Path.Combine(directory, Name + ".yaml");
        File.WriteAllText(path, Manifest);
        return path;
    }

    private static BenchMachine Wire(string name, string words) => new(
        name,
        Vms(
            Vm("server", "bench=server address=10.0.0.1/30" + words, "ready: told", "ports: [client]", "disks: [../outside/root.img]"),
            Vm(MeasuringVm, $"bench=client name={name} address=10.0.0.2/30 server=0a000001" + words, "interfaces: [server.client]", "after: server", "disks: [../outside/root.img]")),
        MeasuringVmEnds);

    private static string Vms(params string[] vms) => "version: 1\nvms:\n" + string.Concat(vms);

    private static string Vm(string name, string words, params string[] keys)
    {
        string vm = $"""
              - name: {name}
                memory: {BenchGuest.MemoryMib}M
                boot:
                  protocol: linux
                  kernel: {Kernel}
                  initrd: [{Start}, {BenchGuests.Devices}]
                  command-line: console=ttyS0 panic=-1 quiet ipv6.disable_ipv6=1 {words}

            """;
        foreach (string key in keys)
            vm += $"    {key}\n";
        return vm;
    }
}
