using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Lamina.GuestBuilder;
using Lamina.QemuHarness;
using Xunit.Abstractions;

namespace Lamina.SystemTests;

/// <summary>
/// A Debian guest with four vCPUs under stress-ng, beside three VMs that are always busy: no wake-up is lost (a stressor would not end), no clock goes backwards from one vCPU to another
/// (<c>guests/stress/clocks.asm</c> looks), and its kernel has nothing to complain of.
/// </summary>
[Trait(Smp.Trait, Smp.Value)]
public sealed class StressTests(ITestOutputHelper output) : IDisposable
{
    private const string Guest = "stress";
    private const string Prompt = "stress:~# ";
    private const int Vcpus = 4;
    private const int Neighbours = 3;

    /// <summary>The environment's word, set by <c>test --soak</c>, for how many seconds to stress.</summary>
    private const string SecondsVariable = "LAMINA_STRESS_SECONDS";

    private static readonly int s_seconds = int.Parse(Environment.GetEnvironmentVariable(SecondsVariable) ?? "60", CultureInfo.InvariantCulture);
    private readonly TestBed _bed = new();

    public void Dispose() => _bed.Dispose();

    [Theory]
    [OnQemu(1), OnQemu(2)]
    public async Task It_holds_beside_three_busy_neighbours(Platform platform, int cpus)
    {
        using var machine = Start(platform, cpus, Neighbours);
        int prompt = await machine.WaitForAsync(Prompt, TestBed.BootDeadline);
        machine.Send($"stress {s_seconds}; poweroff -f\n");
        await machine.WaitForAsync("[lamina] stress: powered off by its guest", TestBed.BootDeadline + TimeSpan.FromSeconds(s_seconds), prompt);
        string log = machine.Log[prompt..];
        output.WriteLine(log);
        log.Should().Contain("stress| stress: passed");
        machine.Log.Should().NotContain("[lamina] error").And.NotContain("[lamina] panic");
        for (int i = 1; i <= Neighbours; i++) machine.Log.Should().Contain($"busy{i}| guest busy");
    }

    /// <summary>The one who looks is looked at: vCPU 3 is told that its TSC is a hundred million ticks less.</summary>
    [Theory]
    [OnQemu]
    public async Task A_TSC_that_is_behind_the_others_is_seen(Platform platform)
    {
        using var machine = Start(platform, cpus: 2, neighbours: 0);
        int prompt = await machine.WaitForAsync(Prompt, TestBed.BootDeadline);
        machine.Send($"clocks {Vcpus} 1\n");
        int good = await machine.WaitForAsync("stress| clocks: ", TestBed.GuestDeadline, prompt);
        good = await machine.WaitForAsync("\n", TestBed.GuestDeadline, good);
        machine.Log[prompt..good].Should().Contain("TSC backwards 0 times");
        // MSR 0x3B is IA32_TSC_ADJUST; the eight bytes are -100,000,000. A CPU that gets idle would set it right again: Linux looks there.
        machine.Send("taskset 8 sh -c 'while :; do :; done' &\n");
        machine.Send("modprobe msr; printf '\\000\\037\\012\\372\\377\\377\\377\\377' | dd of=/dev/cpu/3/msr ibs=8 obs=$((0x3B)) seek=1 conv=notrunc\n");
        machine.Send($"clocks {Vcpus} 1\n");
        int bad = await machine.WaitForAsync("stress| clocks: ", TestBed.GuestDeadline, good);
        bad = await machine.WaitForAsync("\n", TestBed.GuestDeadline, bad);
        output.WriteLine(machine.Log[prompt..bad]);
        machine.Log[good..bad].Should().MatchRegex(@"TSC backwards [1-9]\d* times");
    }

    private EmulatedMachine Start(Platform platform, int cpus, int neighbours)
    {
        string package = ServiceGuests.EnsureForTests(TestBed.Root, Guest, new Progress<string>());
        string busy = Path.Combine(NeighbourGuests.Build(TestBed.Root, new Progress<string>()), NeighbourGuests.Busy);
        string manifest = $$"""
            version: 1
            vms:
              - name: {{Guest}}
                memory: 256M
                cpus: {{Vcpus}}
                allowed-cpus: {{Smp.AllowedCpus(platform, cpus)}}
                boot:
                  protocol: linux
                  kernel: {{Path.Combine(package, ServiceGuests.Kernel)}}
                  initrd: {{Path.Combine(package, ServiceGuests.Initrd)}}
                  command-line: {{Smp.LinuxParameters}} panic=-1 hostname={{Guest}}
                disks: [{{Path.Combine(package, ServiceGuests.RootDisk)}}]
                ready: told

            """ + string.Concat(Enumerable.Range(1, neighbours).Select(i => $$"""
              - name: busy{{i}}
                memory: 16M
                cpus: 2
                allowed-cpus: {{Smp.AllowedCpus(platform, cpus)}}
                boot: { protocol: multiboot, kernel: {{busy}} }
                after: {{Guest}}

            """));
        return _bed.Start(platform, _bed.Write(manifest), options => (options with { MemoryMebibytes = 640 }).WithCpus(cpus));
    }
}
