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
    [InlineData("null", "FaultTests.Dereference")]
    [InlineData("throw", "FaultTests.Run")]
    [InlineData("index", "FaultTests.Run")]
    [InlineData("undefined", "FaultTests.Run")]
    [InlineData("write-code", "FaultTests.Run")]
    [InlineData("stack-overflow", "the stack has overflowed")]
    public async Task A_provoked_fault_is_told_with_where_it_is(string fault, string words)
    {
        using var machine = _bed.Start(
            Path.Combine(TestBed.SmallGuestDirectory, "cpuid.yaml"), options => options with { Parameters = $"test={fault}" });
        (await machine.WaitForEndAsync(TestBed.GuestDeadline)).Should().Be(MachineEnd.DebugExit, machine.Log);
        machine.Log.Should().Contain("[lamina] panic: ").And.Contain(words).And.Contain("Lamina.Boot.FaultTests.").And.NotContain("cpuid| ");
    }
}
