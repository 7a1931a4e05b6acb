using System;
using System.IO;
using System.Threading.Tasks;
using Lamina.QemuHarness;

namespace Lamina.SystemTests;

/// <summary>A fault of the hypervisor's own code is told with its reason and a stack of names, even when the stack itself is what failed.</summary>
public sealed class PanicTests : IDisposable
{
    private readonly TestBed _bed = new();

    public void Dispose() => _bed.Dispose();

    [Theory]
    [OnEveryPlatform("null", "FaultTests.Dereference")]
    [OnEveryPlatform("throw", "FaultTests.Run")]
    [OnEveryPlatform("index", "FaultTests.Run")]
    [OnEveryPlatform("undefined", "FaultTests.Run")]
    [OnEveryPlatform("write-code", "FaultTests.Run")]
    [OnEveryPlatform("stack-overflow", "the stack has overflowed")]
    public async Task A_provoked_fault_is_told_with_where_it_is(Platform platform, string fault, string words)
    {
        using var machine = _bed.Start(
            platform, Path.Combine(TestBed.SmallGuestDirectory, "cpuid.yaml"), options => options with { Parameters = $"test={fault}" });
        (await machine.WaitForEndAsync(TestBed.GuestDeadline)).Should().Be(MachineEnd.DebugExit, machine.Log);
        machine.Log.Should().Contain("[lamina] panic: ").And.Contain(words).And.Contain("Lamina.Boot.FaultTests.").And.NotContain("cpuid| ");
    }

    /// <summary>A fault on any CPU ends the machine, and what the others do meanwhile does not come between.</summary>
    [Theory]
    [OnEveryPlatform]
    public async Task One_on_another_CPU_stops_them_all(Platform platform)
    {
        using var machine = _bed.Start(
            platform, Path.Combine(TestBed.SmallGuestDirectory, "cpuid.yaml"), options => options with { Cpus = 2, Parameters = "test=other-cpu" });
        (await machine.WaitForEndAsync(TestBed.GuestDeadline)).Should().Be(MachineEnd.DebugExit, machine.Log);
        string log = machine.Log.Replace("\r", "");
        log.Should().Contain("[lamina] panic: on CPU 1\n[lamina] panic: ").And.Contain("a null reference was used").And.Contain("Lamina.Boot.FaultTests.")
            .And.EndWith("[lamina] the machine stops here\n");
    }
}
