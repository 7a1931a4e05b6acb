using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Lamina.GuestBuilder;
using Lamina.QemuHarness;

namespace Lamina.SystemTests;

/// <summary>The small guests, each of which checks something that a guest sees, on the real image.</summary>
public sealed class SmallGuestTests : IDisposable
{
    private const string Ending = "shutdown-";
    private readonly TestBed _bed = new();

    public void Dispose() => _bed.Dispose();

    /// <summary>All that check and power off: read from the sources, so that a new one is run without a word here.</summary>
    public static TheoryData<Platform, string> Checking
    {
        get
        {
            var rows = new TheoryData<Platform, string>();
            foreach (string name in Names().Where(name => !name.StartsWith(Ending, StringComparison.Ordinal)))
            {
                foreach (Platform platform in Enum.GetValues<Platform>())
                    rows.Add(platform, name);
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Checking))]
    public async Task Finds_all_as_it_should_be(Platform platform, string name)
    {
        using var machine = Start(platform, Path.Combine(TestBed.SmallGuestDirectory, name + ".yaml"));
        (await machine.WaitForEndAsync(TestBed.GuestDeadline)).Should().Be(MachineEnd.PoweredOff, machine.Log);
        machine.Log.Should().Contain($"{name}| done");
        Regex.Count(machine.Log, $@"(?m)^{name}\| ok ").Should().BePositive();
        Regex.Count(machine.Log, "FAIL").Should().Be(Failures(machine.Log).Length, machine.Log);
        Failures(machine.Log).Should().BeEquivalentTo(EmulatorFaults.Of(platform, name), machine.Log);
    }

    [Theory]
    [OnEveryPlatform("shutdown-8042")]
    [OnEveryPlatform("shutdown-cf9")]
    public async Task A_reset_starts_the_guest_again(Platform platform, string name)
    {
        using var machine = Start(platform, Path.Combine(TestBed.SmallGuestDirectory, name + ".yaml"));
        int again = await machine.WaitForAsync($"[lamina] {name}: started again", TestBed.GuestDeadline);
        await machine.WaitForAsync($"{name}| done", TestBed.GuestDeadline, again);
        machine.Log.Should().NotContain("FAIL");
    }

    [Theory]
    [OnEveryPlatform]
    public async Task ACPI_switches_the_VM_off_and_with_the_last_one_the_machine(Platform platform)
    {
        using var machine = Start(platform, Path.Combine(TestBed.SmallGuestDirectory, "shutdown-acpi.yaml"));
        (await machine.WaitForEndAsync(TestBed.GuestDeadline)).Should().Be(MachineEnd.PoweredOff);
        machine.Log.Should().Contain("[lamina] shutdown-acpi: powered off by its guest").And.NotContain("FAIL");
    }

    [Theory]
    [OnQemu, OnIntel, NotOn(Platform.AmdBochs, "Bochs 2.7 ends itself at a triple fault under AMD-V, where a processor exits")]
    public async Task A_triple_fault_is_reported_and_ends_that_VM_alone(Platform platform)
    {
        string manifest = _bed.Write($"""
            version: 1
            vms:
              - name: faulty
                memory: 8M
                cpus: 1
                boot:
                  protocol: multiboot
                  kernel: {TestBed.SmallGuest("shutdown-triple-fault")}
                console: serial
              - name: neighbour
                memory: 8M
                cpus: 1
                boot:
                  protocol: multiboot
                  kernel: {TestBed.SmallGuest("cpuid")}
                console: serial
            """);
        using var machine = Start(platform, manifest);
        (await machine.WaitForEndAsync(TestBed.GuestDeadline)).Should().Be(MachineEnd.PoweredOff);
        machine.Log.Should().Contain("[lamina] error: faulty: triple fault").And.Contain("[lamina] error: faulty: ended")
            .And.Contain("neighbour| done").And.NotContain("FAIL");
    }

    /// <summary>Two runs of the benchmark guest: each of its figures is the same to within a tick or two in a hundred.</summary>
    [Theory]
    [OnEveryPlatform]
    public async Task Counted_time_repeats(Platform platform)
    {
        string firstLog = await Count(platform), secondLog = await Count(platform);
        var (first, second) = (Figures(firstLog), Figures(secondLog));
        first.Should().ContainKey("cpuid");
        second.Keys.Should().BeEquivalentTo(first.Keys);
        foreach (string name in first.Keys)
            second[name].Should().BeApproximately(first[name], Math.Max(2, first[name] / 50), "{0} is to be the same in\n{1}\nand in\n{2}", name, firstLog, secondLog);
    }

    /// <summary>Optional hardware is used where it is there, and not missed where it is not: the platforms differ in it.</summary>
    [Theory]
    [OnEveryPlatform]
    public async Task It_says_what_hardware_it_uses(Platform platform)
    {
        using var machine = Start(platform, Path.Combine(TestBed.SmallGuestDirectory, "cpuid.yaml"));
        await machine.WaitForEndAsync(TestBed.GuestDeadline);
        machine.Log.Should().Contain(platform switch
        {
            Platform.AmdQemu => "next-RIP save no, decode assists no, flush by ASID no, VMCB clean bits no, PAUSE filter no",
            Platform.AmdBochs => "next-RIP save yes, decode assists no, flush by ASID yes, VMCB clean bits no, PAUSE filter yes",
            _ => "unrestricted guest yes, VPID yes",
        });
    }

    private async Task<string> Count(Platform platform)
    {
        string guests = BenchGuests.Build(TestBed.Root, new Progress<string>());
        using var machine = Start(platform, _bed.Write($"""
            version: 1
            vms:
              - name: bench
                memory: 16M
                cpus: 1
                boot:
                  protocol: multiboot
                  kernel: {Path.Combine(guests, BenchGuests.Operations)}
                console: serial
            """));
        (await machine.WaitForEndAsync(TestBed.GuestDeadline)).Should().Be(MachineEnd.PoweredOff, machine.Log);
        return machine.Log;
    }

    private static Dictionary<string, double> Figures(string log) =>
        Regex.Matches(log, @"(?m)^bench\| bench (\S+) (\d+)\r?$")
            .ToDictionary(match => match.Groups[1].Value, match => double.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));

    /// <summary>On counted time, so that what a guest finds out about time does not hang on how busy the test's own machine is.</summary>
    private EmulatedMachine Start(Platform platform, string manifest) => _bed.Start(platform, manifest, options => options with { InstructionCount = true, SerialToFile = true, VirtualInterrupts = true });

    private static string[] Failures(string log) => [.. Regex.Matches(log, @"(?m)^\w+\| FAIL (.*) got=").Select(match => match.Groups[1].Value)];

    private static string[] Names() =>
    [
        .. Directory.GetFiles(Path.Combine(TestBed.Root, "tests", "guests"), "*.asm").Select(path => Path.GetFileNameWithoutExtension(path)!)
            .Order(StringComparer.Ordinal),
    ];
}
