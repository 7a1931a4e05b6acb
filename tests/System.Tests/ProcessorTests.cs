using System;
using System.IO;
using System.Threading.Tasks;
using Lamina.QemuHarness;

namespace Lamina.SystemTests;

/// <summary>All CPUs of the machine are taken over, and one that is deaf holds up nothing.</summary>
public sealed class ProcessorTests : IDisposable
{
    private readonly TestBed _bed = new();

    public void Dispose() => _bed.Dispose();

    [Theory]
    [OnQemu(4, BootMethod.Multiboot)]
    [OnQemu(4, BootMethod.Uefi)]
    [OnBochs(2, BootMethod.Multiboot)]
    public async Task Every_CPU_is_started(Platform platform, int cpus, BootMethod boot)
    {
        string log = await RunAsync(platform, options => options with { Cpus = cpus, Boot = boot });
        log.Should().Contain($"[lamina] CPUs: {cpus}\n").And.NotContain("warning");
    }

    [Theory]
    [OnQemu]
    public async Task One_that_does_not_start_is_left_out_with_a_word(Platform platform)
    {
        string log = await RunAsync(platform, options => options with { Cpus = 3, Parameters = "test=deaf-cpu" });
        log.Should().Contain("[lamina] warning: the CPU with the APIC ID 2 does not start; it is left out\n").And.Contain("[lamina] CPUs: 2\n");
    }

    /// <summary>A guest that finds all as it should be runs to its end.</summary>
    private async Task<string> RunAsync(Platform platform, Func<MachineOptions, MachineOptions> change)
    {
        using var machine = _bed.Start(platform, Path.Combine(TestBed.SmallGuestDirectory, "cpuid.yaml"), change);
        (await machine.WaitForEndAsync(TestBed.GuestDeadline)).Should().Be(MachineEnd.PoweredOff, machine.Log);
        return machine.Log.Replace("\r", "");
    }
}
