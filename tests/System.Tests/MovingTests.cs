using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Lamina.GuestBuilder;
using Lamina.QemuHarness;

namespace Lamina.SystemTests;

/// <summary>An idle CPU takes waiting work from a busy one: a VM goes there as it is, with its devices, and goes on.</summary>
[Trait(Smp.Trait, Smp.Value)]
public sealed class MovingTests : IDisposable
{
    private const int Lines = 3;
    private readonly TestBed _bed = new();

    public void Dispose() => _bed.Dispose();

    /// <summary>Two share a CPU, one has the other alone and powers off: one of the two goes there, as often as one may.</summary>
    [Theory]
    [OnQemu]
    public async Task One_of_two_goes_to_the_CPU_that_has_become_idle(Platform platform)
    {
        using var machine = Start(platform, "version: 1\nvms:\n" + Vm("first") + Vm("leaves", "ready: told", "ready-within: 1h", "restart: always", "back-off: 15s") + Vm("second"));
        var keyboard = new Keyboard(machine, "first", "leaves", "second");
        foreach (string vm in (string[])["first", "leaves", "second"]) await Counts(machine, vm, 0);
        machine.Log.Should().NotContain(": goes on on CPU", "vCPUs keep their CPUs while none is idle");

        int at = await keyboard.SayAsync("leaves", "q", "[lamina] leaves: powered off by its guest");
        at = await machine.WaitForAsync(": goes on on CPU 2", TestBed.GuestDeadline, at);
        string moved = Regex.Match(machine.Log, @"debug: (\w+): goes on on CPU 2").Groups[1].Value;
        foreach (string vm in (string[])["first", "second"]) await Counts(machine, vm, at);
        Regex.Count(machine.Log, ": goes on on CPU").Should().Be(1, "nobody waits any more");
        foreach (string vm in (string[])["first", "second"])
        {
            await keyboard.SayAsync(vm, "x", $"{vm}| typed x");
            at = await keyboard.SayAsync(vm, "r", $"[lamina] {vm}: started again");
            await Counts(machine, vm, at);
        }

        // The one that left is at home on CPU 2 still. It comes back beside the one that went there, which frees CPU 1: then that one has it.
        at = await machine.WaitForAsync("[lamina] leaves: started again", TestBed.GuestDeadline);
        await Counts(machine, "leaves", at);
        string stays = moved == "first" ? "second" : "first";
        at = await keyboard.SayAsync(stays, "q", $"[lamina] {stays}: powered off by its guest");
        at = await machine.WaitForAsync(": goes on on CPU 1", TestBed.GuestDeadline, at);
        await Counts(machine, "leaves", at);
        await Counts(machine, moved, at);
        foreach (string vm in (string[])["leaves", moved]) await keyboard.SayAsync(vm, "y", $"{vm}| typed y");
        machine.Send("\u001dq");
        (await machine.WaitForEndAsync(TestBed.GuestDeadline)).Should().Be(MachineEnd.PoweredOff, machine.Log);
        machine.Log.Should().NotContain("FAIL").And.NotContain("panic").And.NotContain("error:");
    }

    /// <summary>Of a VM on two CPUs the vCPU with the devices goes to a third, while the other one asks a device on and on.</summary>
    [Theory]
    [OnQemu]
    public async Task A_part_of_a_VM_goes_and_the_other_stays(Platform platform)
    {
        using var machine = Start(
            platform,
            "version: 1\nvms:\n" + Vm("pair", "cpus: 2") + VmOn("3", "leaves", "weight: 400") + VmOn("1", "stays")
                + VmOn("2", "quiet", "weight: 400", "cap: 5%"),
            cpus: 3);
        var keyboard = new Keyboard(machine, "pair", "leaves", "stays", "quiet");
        foreach (string vm in (string[])["pair", "leaves", "stays"]) await Counts(machine, vm, 0);
        machine.Log.Should().Contain("pair: 16384 KiB, 2 vCPUs on CPUs 1, 2\r\n", "it shares a CPU with the one that stays").And.NotContain(": goes on on CPU");

        int at = await keyboard.SayAsync("leaves", "q", "[lamina] leaves: powered off by its guest");
        at = await machine.WaitForAsync("debug: pair: goes on on CPUs 3, 2", TestBed.GuestDeadline, at);
        foreach (string vm in (string[])["pair", "stays"]) await Counts(machine, vm, at);
        long[] others = [.. Regex.Matches(machine.Log[at..], @"(?m)^pair\| count \d+ other (\d+)\r?\n").Select(match => long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))];
        others.Should().BeInAscendingOrder().And.OnlyHaveUniqueItems("the vCPU that stayed is answered still");
        await keyboard.SayAsync("pair", "x", "pair| typed x");
        at = await keyboard.SayAsync("pair", "r", "[lamina] pair: started again");
        await Counts(machine, "pair", at);
        machine.Log.Should().NotContain("FAIL").And.NotContain("panic").And.NotContain("error:");
    }

    [Theory]
    [OnQemu]
    public async Task It_stays_where_it_is_allowed(Platform platform)
    {
        using var machine = Start(platform, "version: 1\nvms:\n" + VmOn("1", "first") + VmOn("1", "second"));
        foreach (string vm in (string[])["first", "second"]) await Counts(machine, vm, 0);
        machine.Log.Should().NotContain(": goes on on CPU").And.NotContain("FAIL").And.NotContain("panic").And.NotContain("error:");
    }

    /// <summary>Two of three Debian guests that share one of two CPUs begin to work, while the third has nothing to do: one goes to the other CPU in the midst of it, and its clock, its network and its console with it.</summary>
    [Theory]
    [OnQemu]
    public async Task A_Debian_guest_goes_while_it_works(Platform platform)
    {
        string[] vms = ["outside", "network", "desktop"];
        const int cpus = 2;
        string manifest = _bed.WriteProduct(ServiceGuests.SmallManifest, text => text.Replace("    boot:\n", $"    allowed-cpus: {Smp.AllowedCpus(platform, cpus)}\n    boot:\n"));
        using var machine = _bed.Start(platform, manifest, options => (options with { MemoryMebibytes = 1024, Parameters = "log=debug" }).WithCpus(cpus));
        foreach (string vm in vms) await machine.WaitForAsync($"[lamina] {vm}: ready", TestBed.BootDeadline);
        var keyboard = new Keyboard(machine, vms);
        int at = machine.Log.Length;
        // They may have moved as they started.
        var together = vms.GroupBy(vm => CpuOf(vm, machine.Log)).First(group => group.Count() > 1);
        string other = together.Key == "1" ? "2" : "1";
        foreach (string vm in together.Take(2)) await keyboard.SayAsync(vm, "(while :; do :; done) & echo =$((40 + 2))=", $"{vm}| =42=");
        await machine.WaitForAsync($": goes on on CPU {other}", TestBed.GuestDeadline, at);
        for (int i = 0; i < Lines; i++) await keyboard.SayAsync("desktop", "curl -s -m 60 http://www.outside.test/", "This page came from outside.");
        foreach (string vm in vms)
            await keyboard.SayAsync(vm, "echo =$(dmesg | grep -ciE 'unstable|backward|stall|lockup|skew|Call Trace')=", $"{vm}| =0=");
        machine.Log.Should().NotContain("panic").And.NotContain("[lamina] error").And.NotContain("needs reset");
    }

    /// <summary>Where a VM lives, by what the log said of it last.</summary>
    private static string CpuOf(string vm, string log) => Regex.Match(log, $@"{vm}: (?:\d+ KiB, 1 vCPU|goes on) on CPU (\d+)\r", RegexOptions.RightToLeft).Groups[1].Value;

    /// <summary>It prints some lines more (the last may not be whole yet), in each of which the APIC timer's ticks are more than in the one before.</summary>
    private static async Task Counts(EmulatedMachine machine, string vm, int from)
    {
        int at = await machine.WaitForAsync($"{vm}| count ", TestBed.GuestDeadline, from);
        for (int i = 0; i < Lines; i++) at = await machine.WaitForAsync($"{vm}| count ", TestBed.GuestDeadline, at);
        long[] counts = [.. Regex.Matches(machine.Log[from..], $@"(?m)^{vm}\| count (\d+)(?: other \d+)?\r?\n").Select(match => long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))];
        counts.Should().BeInAscendingOrder().And.OnlyHaveUniqueItems(machine.Log);
    }

    private EmulatedMachine Start(Platform platform, string manifest, int cpus = 2) =>
        _bed.Start(platform, _bed.Write(manifest), options => (options with { Parameters = "log=debug" }).WithCpus(cpus));

    /// <summary>On any CPU but the first, as <see cref="Smp.WithCpus"/> wants it.</summary>
    private static string Vm(string name, params string[] more) => VmOn("1-63", name, more);

    private static string VmOn(string cpus, string name, params string[] more) => $$"""
          - name: {{name}}
            memory: 16M
            allowed-cpus: {{cpus}}
            boot: { protocol: multiboot, kernel: {{Path.Combine(NeighbourGuests.Build(TestBed.Root, new Progress<string>()), NeighbourGuests.Counts)}} }
        {{string.Concat(more.Select(line => $"    {line}\n"))}}
        """;
}
