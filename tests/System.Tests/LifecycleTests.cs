using System;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Lamina.QemuHarness;

namespace Lamina.SystemTests;

/// <summary>VMs that live and die by themselves: what they leave behind is nothing.</summary>
public sealed class LifecycleTests : IDisposable
{
    private const int Rounds = 1000;
    private readonly TestBed _bed = new();

    public void Dispose() => _bed.Dispose();

    /// <summary>
    /// A guest that powers off at once, under restart: always. The first rounds are left out: the pool of the hypervisor's own pages may grow by a chunk in them.
    /// </summary>
    [Theory]
    [OnQemu(Rounds), OnIntel(50)]
    public async Task A_VM_that_ends_gives_back_all_it_held(Platform platform, int rounds)
    {
        using var machine = _bed.Start(platform, Write("round", "shutdown-acpi", "8M", "restart: always", "back-off: 10ms"), options => options with
        {
            Parameters = "log=debug",
        });
        await WaitForRounds(machine, rounds);
        var figures = Regex.Matches(machine.Log, @"round: gone; free for guests (\d+) bytes, the hypervisor's own (\d+), of which free (\d+)")
            .Select(match => (match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value)).Skip(2).Distinct().ToArray();
        figures.Should().ContainSingle("each round leaves what the one before left");
        machine.Log.Should().NotContain("FAIL").And.NotContain("error:").And.NotContain("panic");
    }

    /// <summary>The machine has RAM for one such VM only, so the second has what the first has filled.</summary>
    [Theory]
    [OnEveryPlatform]
    public async Task A_guest_finds_nothing_of_others_in_all_of_its_memory(Platform platform)
    {
        using var machine = _bed.Start(platform, Write("memory", "memory", "56M", "restart: always", "back-off: 10ms"), options => options with
        {
            Parameters = "log=debug",
            MemoryMebibytes = 96,
        });
        await WaitForRounds(machine, 3);
        ulong free = ulong.Parse(Regex.Match(machine.Log, @"memory: (\d+) KiB for guests").Groups[1].Value, CultureInfo.InvariantCulture);
        free.Should().BeLessThan(2 * 56 * 1024, "else the second VM need not have the memory of the first");
        Regex.Count(machine.Log, @"(?m)^memory\| ok RAM that nobody wrote is zero").Should().BeGreaterThanOrEqualTo(3);
        machine.Log.Should().NotContain("FAIL").And.NotContain("panic");
    }

    [Theory]
    [OnEveryPlatform]
    public async Task Sixteen_small_VMs_run_at_once(Platform platform)
    {
        var manifest = new StringBuilder("version: 1\nvms:\n");
        for (int i = 0; i < 16; i++)
            manifest.Append(Vm($"vm{i}", "state", "96M"));
        using var machine = _bed.Start(platform, _bed.Write(manifest.ToString()), options => options with { MemoryMebibytes = 2048 });
        (await machine.WaitForEndAsync(TestBed.BootDeadline)).Should().Be(MachineEnd.PoweredOff, machine.Log);
        for (int i = 0; i < 16; i++)
            machine.Log.Should().Contain($"vm{i}| done");
        machine.Log.Should().Contain("[lamina] hypervisor memory: ").And.NotContain("FAIL");
    }

    [Theory]
    [OnEveryPlatform]
    public async Task VMs_start_after_those_that_they_come_after(Platform platform)
    {
        string manifest = "version: 1\nvms:\n" + Vm("last", "cpuid", "8M", "after: [middle]") + Vm("middle", "cpuid", "8M", "after: [first]") + Vm("first", "cpuid", "8M");
        using var machine = _bed.Start(platform, _bed.Write(manifest), options => options with { Parameters = "log=debug" });
        (await machine.WaitForEndAsync(TestBed.GuestDeadline)).Should().Be(MachineEnd.PoweredOff, machine.Log);
        // Which of them prints first is the scheduler's matter: one is ready as soon as it has started.
        string[] names = ["first", "middle", "last"];
        int[] starts = [.. names.Select(name => machine.Log.IndexOf($"[lamina] debug: {name}: starts", StringComparison.Ordinal))];
        starts.Should().BeInAscendingOrder().And.NotContain(-1);
        foreach (string name in names) machine.Log.Should().Contain($"{name}| done");
    }

    private string Write(string name, string guest, string memory, params string[] more) => _bed.Write("version: 1\nvms:\n" + Vm(name, guest, memory, more));

    private static string Vm(string name, string guest, string memory, params string[] more) => $"""
          - name: {name}
            memory: {memory}
            boot:
              protocol: multiboot
              kernel: {TestBed.SmallGuest(guest)}
        {string.Concat(more.Select(line => $"    {line}\n"))}
        """;

    private static async Task WaitForRounds(EmulatedMachine machine, int rounds)
    {
        int at = 0;
        for (int i = 0; i < rounds; i++)
            at = await machine.WaitForAsync(": gone; free for guests ", TestBed.GuestDeadline, at);
    }
}
