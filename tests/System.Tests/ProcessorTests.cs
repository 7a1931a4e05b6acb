using System;
using System.IO;
using System.Linq;
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
        log.Should().Contain("[lamina] warning: the CPU with the APIC ID 1 does not start; it is left out\n").And.Contain("[lamina] CPUs: 2\n");
    }

    /// <summary>What a manifest calls CPU 2 does not depend on whether CPU 1 has come.</summary>
    [Theory]
    [OnQemu]
    public async Task The_others_keep_their_numbers(Platform platform)
    {
        string manifest = $"""
            version: 1
            vms:
              - name: second
                memory: 16M
                allowed-cpus: 2
                boot:
                  protocol: multiboot
                  kernel: {TestBed.SmallGuest("state")}
            """;
        string log = await RunAsync(platform, options => options with { Cpus = 3, Parameters = "test=deaf-cpu" }, _bed.Write(manifest));
        log.Should().Contain("[lamina] second: 16384 KiB, 1 vCPU on CPU 2\n").And.Contain("second| done").And.NotContain("FAIL");
    }

    /// <summary>What runs on two threads of a core may find out something of one another: VMs live on one of them, unless the person who boots the machine says otherwise.</summary>
    [Theory]
    [OnQemu(1), OnQemu(2), OnIntel(1)]
    public async Task VMs_live_on_so_many_threads_of_a_core(Platform platform, int threads)
    {
        string manifest = "version: 1\nvms:" + string.Concat(Enumerable.Range(0, 4).Select(i => $"""

              - name: vm{i}
                memory: 16M
                boot:
                  protocol: multiboot
                  kernel: {TestBed.SmallGuest("state")}
            """));
        string log = await RunAsync(platform, options => options with { Cpus = 4, ThreadsPerCore = 2, Parameters = threads == 1 ? "" : "smt=1" }, _bed.Write(manifest));
        int[] cpus = threads == 1 ? [0, 2, 0, 2] : [0, 1, 2, 3];
        for (int i = 0; i < cpus.Length; i++) log.Should().Contain($"[lamina] vm{i}: 16384 KiB, 1 vCPU on CPU {cpus[i]}\n").And.Contain($"vm{i}| done");
        log.Should().NotContain("FAIL").And.Contain("[lamina] CPUs: 4\n");
        log.Contains("[lamina] VMs live on one thread of each core, on CPUs [0, 2]; smt=1 has them live on 2 more").Should().Be(threads == 1);
    }

    /// <summary>A VM's vCPUs, wherever they are, are told that they have one TSC. (QEMU's cannot be set.)</summary>
    [Theory]
    [OnBochs]
    public async Task One_with_another_TSC_is_left_out_with_a_word(Platform platform)
    {
        string log = await RunAsync(platform, options => options with { Cpus = 2, Parameters = "test=other-tsc" });
        log.Should().Contain("[lamina] warning: the CPU with the APIC ID 1 has another TSC than the first; it is left out\n").And.Contain("[lamina] CPUs: 1\n");
    }

    /// <summary>Unless its service ends, neither a timer nor mail from another CPU ever comes again.</summary>
    [Theory]
    [OnEveryPlatform]
    public async Task An_interrupt_that_nobody_handles_holds_up_nothing(Platform platform)
    {
        string log = await RunAsync(
            platform, options => options with { InstructionCount = options.Emulator == Emulator.Qemu, VirtualInterrupts = true, Parameters = "test=stray-interrupt" },
            Path.Combine(TestBed.SmallGuestDirectory, "timers.yaml"));
        log.Should().NotContain("FAIL").And.NotContain("error");
    }

    /// <summary>Guests that find all as it should be, one where no manifest says which, run to their end.</summary>
    private async Task<string> RunAsync(Platform platform, Func<MachineOptions, MachineOptions> change, string? manifest = null)
    {
        using var machine = _bed.Start(platform, manifest ?? Path.Combine(TestBed.SmallGuestDirectory, "cpuid.yaml"), change);
        (await machine.WaitForEndAsync(TestBed.GuestDeadline)).Should().Be(MachineEnd.PoweredOff, machine.Log);
        return machine.Log.Replace("\r", "");
    }
}
