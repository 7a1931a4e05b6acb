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
        await Run(platform, workers, [.. workers.Select(worker => Part.ByWeight(worker.Weight / all))]);
    }

    /// <summary>The small one's turn comes twice a second.</summary>
    [Theory]
    [OnQemu]
    public async Task One_to_fifty_is_kept(Platform platform) =>
        await Run(platform, [new(Spin, 1), new(Spin, 50)], [Part.ByWeight(1 / 51.0), Part.ByWeight(50 / 51.0)]);

    [Theory]
    [OnQemu]
    public async Task Caps_are_kept_and_the_rest_is_anothers(Platform platform) =>
        await Run(platform, [new(Spin, Cap: 10), new(Spin, Cap: 25), new(Spin)], [Part.ByCap(0.10), Part.ByCap(0.25), Part.ByWeight(0.65)]);

    [Theory]
    [OnQemu(30)]
    public async Task A_cap_is_kept_of_an_idle_CPU_too(Platform platform, int cap) => await Run(platform, [new(Spin, Cap: cap)], [Part.ByCap(cap / 100.0)]);

    /// <summary>The first would have half by its weight; the second never comes to its cap.</summary>
    [Theory]
    [OnQemu]
    public async Task What_a_cap_leaves_is_shared_by_weight(Platform platform) => await Run(
        platform, [new(Spin, 400, Cap: 20), new(Spin, 100, Cap: 50), new(Spin, 300)], [Part.ByCap(0.20), Part.ByWeight(0.20), Part.ByWeight(0.60)]);

    /// <summary>It wants a tenth of the CPU, in a thousand pieces a second, and has it as if it were alone; what is left is the others' by their weights.</summary>
    [Theory]
    [OnQemu]
    public async Task One_that_sleeps_and_wakes_has_what_it_wants(Platform platform)
    {
        const double Wanted = 0.1;
        await Run(
            platform, [new(Wakes), new(Spin), new(Spin, 200)], [Part.ByWeight(1), Part.ByWeight((1 - Wanted) / 3), Part.ByWeight((1 - Wanted) * 2 / 3)]);
    }

    /// <summary>Time is what is shared: what the hypervisor does for a VM is that VM's.</summary>
    [Theory]
    [OnQemu]
    public async Task Exits_are_at_the_cost_of_who_causes_them(Platform platform) =>
        await Run(platform, [new(Exits), new(Spin)], [Part.ByWeight(0.5), Part.ByWeight(0.5)]);

    /// <summary>What each gets done is that part of what it does alone, to within the tolerance; and the account of one that never sleeps adds up.</summary>
    private async Task Run(Platform platform, Worker[] workers, Part[] parts)
    {
        string log = await LogOf(platform, workers);
        for (int i = 0; i < workers.Length; i++)
        {
            double share = UnitsOf(log, i) / await Alone(platform, workers[i].Work);
            var account = CpuAccount.Of(Name(i), log);
            output.WriteLine($"{workers[i]}: of what it does alone it has done {parts[i].Beside(share)}; {account.Used} ms, {account.Stolen} ms stolen");
            parts[i].IsKeptBy(share).Should().BeTrue($"{workers[i]} did {parts[i].Beside(share)}, in\n{log}");
            if (workers[i].Work != Wakes) account.Wanted.Should().BeApproximately(LifeMilliseconds, LifeMilliseconds * LifeTolerance, log);
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
        string manifest = Worker.Manifest(workers, Name, kernel);
        using var machine = _bed.Start(platform, _bed.Write(manifest), options => options with { InstructionCount = true, SerialToFile = true, Parameters = "log=debug" });
        (await machine.WaitForEndAsync(TestBed.GuestDeadline)).Should().Be(MachineEnd.PoweredOff, machine.Log);
        machine.Log.Should().NotContain("FAIL").And.NotContain("error:").And.NotContain("panic");
        return machine.Log;
    }

    private static string Name(int worker) => $"worker-{worker}";

    private static double UnitsOf(string log, int worker) => double.Parse(Regex.Match(log, $@"(?m)^{Name(worker)}\| work (\d+)\r?$").Groups[1].Value, CultureInfo.InvariantCulture);
}
