using System;
using System.Threading.Tasks;
using Lamina.GuestBuilder;
using Lamina.QemuHarness;

namespace Lamina.SystemTests;

/// <summary>A fault of the hypervisor's own code in a virtio device ends the VM that rang its doorbell; the others of the product do not notice.</summary>
public sealed class ContainedVirtioFaultTests : IDisposable
{
    private const string Restart = "restart: on-failure";
    private const string Fault = "[lamina] error: desktop: the hypervisor's own code failed while it worked for this VM";
    private readonly TestBed _bed = new();

    public void Dispose() => _bed.Dispose();

    [Theory]
    [OnQemu("virtio-net")]
    [OnQemu("virtio-blk")]
    [OnQemu("virtio-console")]
    [OnQemu("virtio-rng")]
    public async Task It_ends_one_VM_and_the_others_do_not_notice(Platform platform, string device)
    {
        using var machine = Start(platform, device, manifest => manifest[..manifest.LastIndexOf(Restart, StringComparison.Ordinal)] + "restart: never\n");
        int ended = await machine.WaitForAsync("[lamina] error: desktop: ended", TestBed.BootDeadline);
        machine.Log.Should().Contain(Fault).And.Contain("a null reference was used").And.Contain("Lamina.Boot.FaultTests.").And.NotContain("started again").And.NotContain("no device to plant");
        machine.Log.Should().MatchRegex(@"debug:   interface 0: sent \d+ frames, \d+ bytes; dropped \d+ by the sender, \d+ by the receiver; refused 0");
        var keyboard = await OthersDoNotNotice(machine);
        // The console is the last of its devices to get a driver: by then the network card has one, and so the other end a link.
        if (device == "virtio-console")
            await keyboard.SayAsync("network", "echo links lost $(($(cat /sys/class/net/desktop/carrier_down_count) > 0))", "network| links lost 1");
        machine.Log[ended..].Should().NotContain("[lamina] error");
    }

    /// <summary>Each time it starts it meets the fault again, and waits for longer.</summary>
    [Theory]
    [OnQemu]
    public async Task It_starts_again_if_its_manifest_says_so_and_the_others_do_not_notice(Platform platform)
    {
        using var machine = Start(platform, "virtio-net", manifest => manifest);
        int at = 0;
        foreach (string pause in new[] { "1000", "2000", "4000" })
        {
            at = await machine.WaitForAsync(Fault, TestBed.BootDeadline, at);
            at = await machine.WaitForAsync($"[lamina] desktop: is started again in {pause} ms", TestBed.GuestDeadline, at);
        }
        await OthersDoNotNotice(machine);
    }

    private static async Task<Keyboard> OthersDoNotNotice(EmulatedMachine machine)
    {
        var keyboard = new Keyboard(machine, "outside", "network", "desktop");
        await keyboard.SayAsync("outside", "echo outside answers $((6 * 7))", "outside| outside answers 42");
        await keyboard.SayAsync("network", "echo desktop has carrier $(cat /sys/class/net/desktop/carrier)", "network| desktop has carrier 0");
        await keyboard.SayAsync("network", "ping -c 1 -W 5 198.51.100.1 > /dev/null; echo ping said $?", "network| ping said 0");
        machine.Log.Should().NotContain("error: network").And.NotContain("error: outside").And.NotContain("panic").And.NotContain("needs reset");
        return keyboard;
    }

    private EmulatedMachine Start(Platform platform, string device, Func<string, string> change) => _bed.Start(
        platform, _bed.WriteProduct(ServiceGuests.SmallManifest, change), options => options with { MemoryMebibytes = 768, Parameters = $"plant={device}:desktop:null log=debug" });
}
