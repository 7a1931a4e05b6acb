using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Lamina.GuestBuilder;
using Lamina.QemuHarness;

namespace Lamina.SystemTests;

/// <summary>The product: the service VMs of its manifest and the outside, with every packet through the network VM.</summary>
public sealed class ServiceVmTests : IDisposable
{
    /// <summary>The page that outside serves.</summary>
    private const string Page = "This page came from outside.";

    /// <summary>In the manifest's order; of the small one, the first three.</summary>
    private static readonly string[] s_vms = ["outside", "network", "desktop", "apps", "extra"];

    private readonly TestBed _bed = new();

    public void Dispose() => _bed.Dispose();

    [Theory]
    [OnQemu(BootMethod.Multiboot), OnQemu(BootMethod.Usb)]
    public async Task All_are_ready_in_the_manifests_order_and_reach_what_the_rules_allow(Platform platform, BootMethod boot)
    {
        using var machine = Start(platform, Path.Combine(TestBed.Product, ServiceGuests.Manifest), boot);
        var keyboard = new Keyboard(machine, s_vms);
        int ready = 0;
        foreach (string name in new[] { "outside", "network" }) ready = await machine.WaitForAsync($"[lamina] {name}: ready", TestBed.BootDeadline, ready);
        foreach (string name in new[] { "desktop", "apps", "extra" }) await machine.WaitForAsync($"[lamina] {name}: ready", TestBed.BootDeadline, ready);
        machine.Log[..ready].Should().NotContain("desktop| ", "it starts after network").And.NotContain("apps| ").And.NotContain("extra| ");

        foreach (string name in new[] { "desktop", "apps", "extra" })
            await keyboard.SayAsync(name, "curl -s -m 20 http://www.outside.test/", Page);
        await keyboard.SayAsync("extra", "curl -s -m 5 http://www.outside.test:5201/; echo curl said $?", "curl said 28");
        Sound(machine);
    }

    [Theory]
    [OnQemu, OnIntel(OnlyWithAll = true)]
    public async Task Without_the_network_VM_there_is_no_way_out_and_when_it_is_back_there_is_one(Platform platform)
    {
        string manifest = _bed.WriteProduct(ServiceGuests.SmallManifest, text => text
            .Replace("ports: [uplink", "back-off: 20s\n    ports: [uplink").Replace("hostname=network", "hostname=network reboot=t"));
        using var machine = Start(platform, manifest);
        var keyboard = new Keyboard(machine, s_vms);
        int ready = await machine.WaitForAsync("[lamina] desktop: ready", TestBed.BootDeadline);
        await keyboard.SayAsync("desktop", "curl -s -m 20 http://www.outside.test/", Page);

        // It ends by a triple fault: a failure, after which it is started again, in a while.
        int gone = await keyboard.SayAsync("network", "reboot -f", "[lamina] network: is started again in");
        await keyboard.SayAsync("desktop", "cat /sys/class/net/eth0/carrier; curl -s -m 5 http://198.51.100.1/; echo curl said $?", "desktop| 0");
        await machine.WaitForAsync("desktop| curl said ", TestBed.GuestDeadline, gone);
        machine.Log[gone..].Should().NotContain(Page).And.NotContain("curl said 0");

        await machine.WaitForAsync("[lamina] network: ready", TestBed.BootDeadline, gone);
        await keyboard.SayAsync("desktop", "until curl -s -m 5 http://www.outside.test/; do sleep 1; done", Page);
        machine.Log.Should().NotContain("panic");
    }

    /// <summary>Whatever desktop and apps try, they do not reach each other, and the network VM has written it down.</summary>
    [Theory]
    [OnQemu]
    public async Task Desktop_and_apps_cannot_reach_each_other_and_the_try_is_in_the_log(Platform platform)
    {
        using var machine = Start(platform, Path.Combine(TestBed.Product, ServiceGuests.Manifest));
        var keyboard = new Keyboard(machine, s_vms);
        foreach (string name in new[] { "network", "desktop", "apps", "extra" }) await machine.WaitForAsync($"[lamina] {name}: ready", TestBed.BootDeadline);
        await keyboard.SayAsync("apps", "nc -l -p 8080 -e echo reached & echo listens", "apps| listens");

        // By IP, as it is meant to be done.
        await keyboard.SayAsync("desktop", "nc -w 3 10.76.2.2 8080; ping -c 1 -W 2 10.76.2.2; echo by-ip done", "desktop| by-ip done");
        // By ARP, for an address that is not its neighbour's.
        await keyboard.SayAsync("desktop", "arping -c 2 -w 3 -I eth0 10.76.2.2; echo by-arp done", "desktop| by-arp done");
        // By IPv6, to all nodes of the link: its own answer alone comes.
        await keyboard.SayAsync("desktop",
            "echo 0 > /proc/sys/net/ipv6/conf/eth0/disable_ipv6; sleep 2; ping6 -c 1 -W 2 ff02::1%eth0; echo 1 > /proc/sys/net/ipv6/conf/eth0/disable_ipv6; echo by-ipv6 done",
            "desktop| by-ipv6 done");
        // By a VLAN of its own.
        await keyboard.SayAsync("desktop",
            "modprobe 8021q; ip link add link eth0 name eth0.5 type vlan id 5; ip addr add 10.76.1.2/32 dev eth0.5; ip link set eth0.5 up; "
            + "ip route add 10.76.2.2 dev eth0.5 src 10.76.1.2; arp -i eth0.5 -s 10.76.2.2 ff:ff:ff:ff:ff:ff; ping -c 1 -W 2 10.76.2.2; ip link del eth0.5; echo by-vlan done",
            "desktop| by-vlan done");
        // With apps' own address, and its MAC.
        await keyboard.SayAsync("desktop", "ip addr add 10.76.2.2/32 dev eth0; ping -c 1 -W 2 -I 10.76.2.2 198.51.100.1; ip addr del 10.76.2.2/32 dev eth0; echo by-source done", "desktop| by-source done");
        await keyboard.SayAsync("desktop",
            "ip link set eth0 down; ip link set eth0 address 02:4c:41:00:00:02; ip link set eth0 up; ping -c 1 -W 2 10.76.1.1; echo by-mac done", "desktop| by-mac done");

        machine.Log.Should().NotContain("desktop| reached").And.NotContain("bytes from 10.").And.NotContain("Unicast reply");
        Regex.Matches(machine.Log, @"bytes from fe80::(\S+):").Select(match => match.Groups[1].Value).Where(address => address != "4c:41ff:fe00:1").Should().BeEmpty();
        await keyboard.SayAsync("network", "lamina-drops desktop; echo drops done", "network| drops done");
        foreach (string kind in new[] { "rule", "arp", "ipv6", "vlan", "source", "mac" })
            machine.Log.Should().Contain($"drop desktop {kind}: ");
        Sound(machine);
    }

    private EmulatedMachine Start(Platform platform, string manifest, BootMethod boot = BootMethod.Multiboot) =>
        _bed.Start(platform, manifest, options => options with { MemoryMebibytes = 1024, Boot = boot });

    private static void Sound(EmulatedMachine machine) => machine.Log.Should().NotContain("[lamina] error").And.NotContain("panic").And.NotContain("needs reset")
        .And.NotContain("Call Trace").And.NotContain("soft lockup").And.NotContain("rcu_preempt detected");
}
