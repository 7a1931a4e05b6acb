using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Lamina.GuestBuilder;
using Lamina.QemuHarness;
using Xunit.Abstractions;

namespace Lamina.SystemTests;

/// <summary>What an exit costs does not hang on how many VMs there are.</summary>
public sealed class ExitCostTests(ITestOutputHelper output) : IDisposable
{
    private const int Neighbours = 15;
    private const double MostDifference = 0.1;

    // What waits for a time to come, or is done once: others may have their turn meanwhile.
    private static readonly string[] s_notExits = ["empty", "apic-timer-20us-hlt", "first-touch"];
    private readonly TestBed _bed = new();

    public void Dispose() => _bed.Dispose();

    [Theory]
    [OnQemu]
    public async Task With_sixteen_VMs_it_is_that_with_one(Platform platform)
    {
        var alone = await Measure(platform, neighbours: 0);
        var beside = await Measure(platform, Neighbours);
        alone.Should().ContainKey("cpuid");
        beside.Keys.Should().BeEquivalentTo(alone.Keys);
        foreach (string name in alone.Keys.Except(s_notExits))
        {
            output.WriteLine($"{name}: {alone[name]} alone, {beside[name]} beside {Neighbours} others");
            beside[name].Should().BeApproximately(alone[name], Math.Max(2, alone[name] * MostDifference), name);
        }
    }

    private async Task<Dictionary<string, double>> Measure(Platform platform, int neighbours)
    {
        string operations = Path.Combine(BenchGuests.Build(TestBed.Root, new Progress<string>()), BenchGuests.Operations);
        string idle = Path.Combine(NeighbourGuests.Build(TestBed.Root, new Progress<string>()), NeighbourGuests.Idle);
        string[] names = [.. Enumerable.Range(1, neighbours).Select(i => $"idle-{i}")];
        var manifest = new StringBuilder("version: 1\nvms:\n");
        foreach (string name in names)
            manifest.Append(Vm(name, idle, "96M"));
        manifest.Append(Vm("bench", operations, "16M")).Append($"    after: [{string.Join(", ", names)}]\n");
        using var machine = _bed.Start(
            platform, _bed.Write(manifest.ToString()), options => options with { InstructionCount = true, SerialToFile = true, MemoryMebibytes = 2048 });
        int end = await machine.WaitForAsync("[lamina] bench: powered off by its guest", TestBed.GuestDeadline);
        string log = machine.Log[..end];
        foreach (string name in names)
            log.Should().Contain($"{name}| guest idle").And.NotContain($"{name}: ended");
        return Regex.Matches(log, @"(?m)^bench\| bench (\S+) (\d+)\r?$")
            .ToDictionary(match => match.Groups[1].Value, match => double.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
    }

    private static string Vm(string name, string kernel, string memory) => $$"""
          - name: {{name}}
            memory: {{memory}}
            boot: { protocol: multiboot, kernel: {{kernel}} }

        """;
}
