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
}
