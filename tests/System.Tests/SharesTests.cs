using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Lamina.GuestBuilder;
using Lamina.QemuHarness;
using Xunit.Abstractions;

namespace Lamina.SystemTests;

/// <summary>
/// What VMs get of a CPU that all of them want: their weights' parts, and no more than their caps. Judged by what their guests get done in ten virtual seconds, as a part of what the same guest
/// does in ten seconds alone on the CPU; the hypervisor's own account is compared with it.
/// </summary>
public sealed class SharesTests(ITestOutputHelper output) : IDisposable
{
    /// <summary>How far a part that a weight gives may be off, as a part of itself.</summary>
    private const double OfWeight = 0.05;

    /// <summary>How far a part that a cap gives may be off, as a part of the cap.</summary>
    private const double OfCap = 0.02;

    /// <summary>How long the guest works from its first turn to its end, and how far the account may be off that: it prints at its end.</summary>
    private const double LifeMilliseconds = 12_000, LifeTolerance = 0.02;

    private const string Spin = "spin", Exits = "exits", Wakes = "wakes";
    private static readonly Dictionary<string, double> s_alone = [];
    private readonly TestBed _bed = new();

    public void Dispose() => _bed.Dispose();

    [Theory]
    [OnQemu(100, 200, 400)]
    [OnQemu(100, 100, 100)]
    public async Task Three_share_by_their_weights(Platform platform, int first, int second, int third)
    {
        double all = first + second + third;
        Worker[] workers = [new(Spin, first), new(Spin, second), new(Spin, third)];
        await Run(platform, workers, [.. workers.Select(worker => new Part(worker.Weight / all, OfWeight))]);
    }

    /// <summary>The small one's turn comes twice a second.</summary>
    [Theory]
    [OnQemu]
    public async Task One_to_fifty_is_kept(Platform platform) =>
        await Run(platform, [new(Spin, 1), new(Spin, 50)], [new(1 / 51.0, OfWeight), new(50 / 51.0, OfWeight)]);

    [Theory]
    [OnQemu]
    public async Task Caps_are_kept_and_the_rest_is_anothers(Platform platform) =>
        await Run(platform, [new(Spin, Cap: 10), new(Spin, Cap: 25), new(Spin)], [new(0.10, OfCap), new(0.25, OfCap), new(0.65, OfWeight)]);

    [Theory]
    [OnQemu(30)]
    public async Task A_cap_is_kept_of_an_idle_CPU_too(Platform platform, int cap) => await Run(platform, [new(Spin, Cap: cap)], [new(cap / 100.0, OfCap)]);

    /// <summary>The first would have half by its weight; the second never comes to its cap.</summary>
    [Theory]
    [OnQemu]
    public async Task What_a_cap_leaves_is_shared_by_weight(Platform platform) => await Run(
        platform, [new(Spin, 400, Cap: 20), new(Spin, 100, Cap: 50), new(Spin, 300)], [new(0.20, OfCap), new(0.20, OfWeight), new(0.60, OfWeight)]);

    /// <summary>It wants a tenth of the CPU, in a thousand pieces a second, and has it as if it were alone; what is left is the others' by their weights.</summary>
    [Theory]
    [OnQemu]
    public async Task One_that_sleeps_and_wakes_has_what_it_wants(Platform platform)
    {
        const double Wanted = 0.1;
        await Run(
            platform, [new(Wakes), new(Spin), new(Spin, 200)], [new(1, OfWeight), new((1 - Wanted) / 3, OfWeight), new((1 - Wanted) * 2 / 3, OfWeight)]);
    }

    /// <summary>Time is what is shared: what the hypervisor does for a VM is that VM's.</summary>
    [Theory]
    [OnQemu]
    public async Task Exits_are_at_the_cost_of_who_causes_them(Platform platform) =>
        await Run(platform, [new(Exits), new(Spin)], [new(0.5, OfWeight), new(0.5, OfWeight)]);

    /// <summary>What each gets done is that part of what it does alone, to within the tolerance; and the account of one that never sleeps adds up.</summary>
    private async Task Run(Platform platform, Worker[] workers, Part[] parts)
    {
        string log = await LogOf(platform, workers);
        for (int i = 0; i < workers.Length; i++)
        {
            double share = UnitsOf(log, i) / await Alone(platform, workers[i].Work);
            var account = Account(log, i);
            output.WriteLine($"{workers[i]}: {share:P2} done of what it does alone, {parts[i].Share:P2} due ({share / parts[i].Share - 1:P2}); {account.Used} ms, {account.Stolen} ms stolen");
            share.Should().BeApproximately(parts[i].Share, parts[i].Share * parts[i].Tolerance, $"{workers[i]} in\n{log}");
            if (workers[i].Work != Wakes) (account.Used + account.Stolen).Should().BeApproximately(LifeMilliseconds, LifeMilliseconds * LifeTolerance, log);
        }
    }

    /// <summary>What one does that has the CPU to itself, in units.</summary>
    private async Task<double> Alone(Platform platform, string work)
    {
        string key = $"{platform} {work}";
        if (!s_alone.TryGetValue(key, out double units)) s_alone.Add(key, units = UnitsOf(await LogOf(platform, [new(work)]), 0));
        return units;
    }

    private async Task<string> LogOf(Platform platform, Worker[] workers)
    {
        string kernel = Path.Combine(NeighbourGuests.Build(TestBed.Root, new Progress<string>()), NeighbourGuests.Work);
        string manifest = "version: 1\nvms:\n" + string.Concat(workers.Select((worker, i) => $$"""
              - name: {{Name(i)}}
                memory: 8M
                weight: {{worker.Weight}}
                cap: {{(worker.Cap == 0 ? "none" : worker.Cap + "%")}}
                boot: { protocol: multiboot, kernel: {{kernel}}, command-line: {{worker.Work}} }

            """));
        using var machine = _bed.Start(platform, _bed.Write(manifest), options => options with { InstructionCount = true, SerialToFile = true, Parameters = "log=debug" });
        (await machine.WaitForEndAsync(TestBed.GuestDeadline)).Should().Be(MachineEnd.PoweredOff, machine.Log);
        machine.Log.Should().NotContain("FAIL").And.NotContain("error:").And.NotContain("panic");
        return machine.Log;
    }

    private static string Name(int worker) => $"worker-{worker}";

    private static double UnitsOf(string log, int worker) => Figure(log, $@"(?m)^{Name(worker)}\| work (\d+)\r?$").Single();

    /// <summary>The VM's whole life by the hypervisor's own account, in ms.</summary>
    private static (double Used, double Stolen) Account(string log, int worker) =>
        Figure(log, $@"(?m)^\[lamina\] debug: {Name(worker)}: CPU time (\d+) ms, stolen (\d+) ms") is [var used, var stolen] ? (used, stolen) : throw new FormatException(log);

    private static double[] Figure(string log, string pattern) =>
        [.. Regex.Match(log, pattern).Groups.Values.Skip(1).Select(group => double.Parse(group.Value, CultureInfo.InvariantCulture))];

    /// <summary>A VM, by what it does, its weight, and its cap in per cent; 0 is none.</summary>
    private sealed record Worker(string Work, int Weight = 100, int Cap = 0);

    /// <summary>What a VM is to get done, as a part of what it does alone, and how far it may be off, as a part of that.</summary>
    private sealed record Part(double Share, double Tolerance);
}
