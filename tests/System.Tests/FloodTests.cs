using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Lamina.GuestBuilder;
using Lamina.QemuHarness;
using Xunit.Abstractions;

namespace Lamina.SystemTests;

/// <summary>
/// What a bad neighbour costs: a guest counts for 2 virtual seconds beside one of its own weight. What that one does instead of spinning (flooding its wire, its
/// queue, its console, its doorbell) is paid out of its own share.
/// </summary>
public sealed class FloodTests(ITestOutputHelper output) : IDisposable
{
    /// <summary>2 s of the TSC where a tick is an instruction and an instruction a nanosecond.</summary>
    private const ulong Ticks = 2_000_000_000;

    /// <summary>How much of what it gets beside one that spins a victim gets beside one that floods.</summary>
    private const double LeastShare = 0.9;

    private const int FramesOfAFlood = 100;
    private const int DiskBytes = 2 << 20;
    private static readonly Dictionary<Platform, double> s_besideOneThatSpins = [];
    private readonly TestBed _bed = new();

    public void Dispose() => _bed.Dispose();

    [Theory]
    [OnQemu("wire")]
    [OnQemu("receiver")]
    [OnQemu("queue")]
    [OnQemu("console")]
    [OnQemu("doorbell")]
    public async Task A_flood_takes_no_more_from_its_neighbour_than_spinning_does(Platform platform, string flood)
    {
        if (!s_besideOneThatSpins.TryGetValue(platform, out double spin))
            s_besideOneThatSpins.Add(platform, spin = await CountBeside(platform, "spin"));
        double count = await CountBeside(platform, flood);
        output.WriteLine($"{flood}: {count}, beside one that spins {spin}: {count / spin:F3}");
        (count / spin).Should().BeGreaterThanOrEqualTo(LeastShare);
    }

    private async Task<double> CountBeside(Platform platform, string attacker)
    {
        using var machine = _bed.Start(platform, Write(attacker), options => options with { InstructionCount = true, SerialToFile = true });
        int end = await machine.WaitForAsync("[lamina] victim: powered off by its guest", TestBed.BootDeadline);
        string log = machine.Log[..end];
        output.WriteLine(log);
        log.Should().NotContain("the flood has ended").And.NotContain("[lamina] error").And.NotContain("panic");
        return double.Parse(Regex.Match(log, @"(?m)^victim\| bench victim (\d+)").Groups[1].Value, CultureInfo.InvariantCulture);
    }

    private string Write(string attacker)
    {
        string disk = _bed.Write("disk.img", new byte[DiskBytes]);
        string initrd = Path.Combine(NeighbourGuests.Build(TestBed.Root, new Progress<string>()), NeighbourGuests.Initrd);
        string package = Path.GetFullPath(Path.Combine(TestBed.Product, "..", "extra"));
        string kernel = Path.Combine(package, ServiceGuests.Kernel), start = Path.Combine(package, ServiceGuests.Initrd);
        string Boot(string words) => $"{{ protocol: linux, kernel: {kernel}, initrd: [{start}, {initrd}], command-line: console=ttyS0 panic=-1 quiet ipv6.disable=1 {words} }}";
        string silent = attacker != "wire" ? "" : $$"""
              - name: silent
                memory: 128M
                boot: {{Boot("role=silent")}}
                interfaces: [{ wire: attacker.silent, when-full: drop }]
            """ + "\n";
        // The attacker's first frame tells the victim to begin; where frames are the flood, some more do.
        int frames = attacker == "receiver" ? FramesOfAFlood : 1;
        return _bed.Write($$"""
            version: 1
            vms:
              - name: victim
                memory: 128M
                boot: {{Boot($"role=victim enough={frames} ticks={Ticks:x}")}}
                ready: told
                interfaces: [{ wire: attacker.victim, when-full: drop }]
              - name: attacker
                memory: 128M
                boot: {{Boot($"role={attacker}")}}
                after: victim
                console: virtio
                ports: [silent, victim]
                disks: [{{disk}}]
            {{silent}}
            """);
    }
}
