using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Lamina.QemuHarness;

namespace Lamina.SystemTests;

/// <summary>The small guests, each of which checks something that a guest sees, on the real image.</summary>
public sealed class SmallGuestTests : IDisposable
{
    private const string Ending = "shutdown-";
    private readonly TestBed _bed = new();

    public void Dispose() => _bed.Dispose();

    /// <summary>All that check and power off: read from the sources, so that a new one is run without a word here.</summary>
    public static TheoryData<string> Checking => [.. Names().Where(name => !name.StartsWith(Ending, StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Checking))]
    public async Task Finds_all_as_it_should_be(string name)
    {
        using var machine = _bed.Start(Path.Combine(TestBed.SmallGuestDirectory, name + ".yaml"));
        (await machine.WaitForEndAsync(TestBed.GuestDeadline)).Should().Be(MachineEnd.PoweredOff, machine.Log);
        machine.Log.Should().NotContain("FAIL").And.Contain($"{name}| done");
        Regex.Count(machine.Log, $@"(?m)^{name}\| ok ").Should().BePositive();
    }

    [Theory]
    [InlineData("shutdown-8042")]
    [InlineData("shutdown-cf9")]
    public async Task A_reset_starts_the_guest_again(string name)
    {
        using var machine = _bed.Start(Path.Combine(TestBed.SmallGuestDirectory, name + ".yaml"));
        int again = await machine.WaitForAsync($"[lamina] {name}: started again", TestBed.GuestDeadline);
        await machine.WaitForAsync($"{name}| done", TestBed.GuestDeadline, again);
        machine.Log.Should().NotContain("FAIL");
    }

    [Fact]
    public async Task ACPI_switches_the_VM_off_and_with_the_last_one_the_machine()
    {
        using var machine = _bed.Start(Path.Combine(TestBed.SmallGuestDirectory, "shutdown-acpi.yaml"));
        (await machine.WaitForEndAsync(TestBed.GuestDeadline)).Should().Be(MachineEnd.PoweredOff);
        machine.Log.Should().Contain("[lamina] shutdown-acpi: powered off by its guest").And.NotContain("FAIL");
    }

    [Fact]
    public async Task A_triple_fault_is_reported_and_ends_that_VM_alone()
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
        using var machine = _bed.Start(manifest);
        (await machine.WaitForEndAsync(TestBed.GuestDeadline)).Should().Be(MachineEnd.PoweredOff);
        machine.Log.Should().Contain("[lamina] error: faulty: triple fault").And.Contain("[lamina] error: faulty: ended")
            .And.Contain("neighbour| done").And.NotContain("FAIL");
    }

    [Fact]
    public async Task Time_that_counts_instructions_repeats()
    {
        string first = await RunCounted(), second = await RunCounted();
        second.Should().Be(first);
    }

    private async Task<string> RunCounted()
    {
        using var machine = _bed.Start(Path.Combine(TestBed.SmallGuestDirectory, "timers.yaml"), options => options with { InstructionCount = true });
        (await machine.WaitForEndAsync(TestBed.GuestDeadline)).Should().Be(MachineEnd.PoweredOff, machine.Log);
        machine.Log.Should().Contain("timers| done");
        return machine.Log;
    }

    private static string[] Names() =>
    [
        .. Directory.GetFiles(Path.Combine(TestBed.Root, "tests", "guests"), "*.asm").Select(path => Path.GetFileNameWithoutExtension(path)!)
            .Order(StringComparer.Ordinal),
    ];
}
