using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Lamina.GuestBuilder;
using Lamina.QemuHarness;

namespace Lamina.SystemTests;

/// <summary>
/// VMs on all CPUs of the machine: they live, meet over wires, end and start again there as on the first.
/// </summary>
[Trait(Smp.Trait, Smp.Value)]
public sealed class SeveralCpusTests : IDisposable
{
    private static readonly string[] s_vms = ["outside", "network", "desktop", "apps", "extra"];

    private readonly TestBed _bed = new();

    public void Dispose() => _bed.Dispose();

    /// <summary>
    /// The product, each VM with that many vCPUs: every packet goes from one CPU to another, a VM fails on its CPU and comes back, what is typed goes there and what is printed comes back.
    /// </summary>
    [Theory]
    [OnQemu(1, 1, OnlyWithAll = true), OnQemu(1, 2, OnlyWithAll = true), OnQemu(1, 4)]
    [OnQemu(2, 1), OnQemu(2, 2), OnQemu(2, 4, OnlyWithAll = true)]
    [OnQemu(4, 1, OnlyWithAll = true), OnQemu(4, 2, OnlyWithAll = true), OnQemu(4, 4)]
    public async Task The_service_VMs_are_ready_reach_each_other_and_come_back(Platform platform, int cpus, int vcpus)
    {
        string manifest = _bed.WriteProduct(ServiceGuests.Manifest, text => WithVcpus(text, vcpus, Smp.AllowedCpus(platform, cpus))
            .Replace("ports: [uplink", "back-off: 3s\n    ports: [uplink").Replace("hostname=network", "hostname=network reboot=t"));
        using var machine = _bed.Start(platform, manifest, options => (options with { MemoryMebibytes = 1024 }).WithCpus(cpus));
        var keyboard = new Keyboard(machine, s_vms);
        foreach (string name in s_vms) await machine.WaitForAsync($"[lamina] {name}: ready", TestBed.BootDeadline);
        if (cpus > 1) machine.Log.Should().MatchRegex($@" on CPUs? [\d, ]*{cpus}\b");
        foreach (string name in s_vms) await keyboard.SayAsync(name, "echo it has =$(nproc)=", $"it has ={vcpus}=");
        foreach (string name in s_vms.Skip(2))
            await keyboard.SayAsync(name, "curl -s -m 20 http://www.outside.test/", "This page came from outside.");

        int gone = await keyboard.SayAsync("network", "reboot -f", "[lamina] network: is started again in");
        await machine.WaitForAsync("[lamina] network: ready", TestBed.BootDeadline, gone);
        foreach (string name in s_vms.Skip(2))
            await keyboard.SayAsync(name, "until curl -s -m 5 http://www.outside.test/; do sleep 1; done", "This page came from outside.");
        machine.Log.Should().NotContain("panic").And.NotContain("needs reset").And.NotContain("Call Trace").And.NotContain("soft lockup").And.NotContain("rcu_preempt detected");
    }

    /// <summary>The supervisor ends a VM that is busy on another CPU, in its very turn, and then one that waits for something.</summary>
    [Theory]
    [OnQemu]
    public async Task One_that_is_late_is_stopped_where_it_is(Platform platform)
    {
        string manifest = _bed.WriteProduct(ServiceGuests.SmallManifest, text => text
            .Replace("after: outside\n    ready: told\n    restart: on-failure", "ready: told\n    ready-within: 1s\n    back-off: 100ms\n    restart: on-failure"));
        using var machine = _bed.Start(platform, manifest, options => options with { MemoryMebibytes = 1024, Cpus = 2 });
        int at = 0;
        for (int i = 0; i < 3; i++)
        {
            at = await machine.WaitForAsync("[lamina] error: network: has not said that it is ready within 1000 ms", TestBed.BootDeadline, at);
            at = await machine.WaitForAsync("[lamina] network: started again", TestBed.BootDeadline, at);
        }
        machine.Log.Should().Contain("[lamina] network: 131072 KiB, 1 vCPU on CPU 1\r\n").And.NotContain("panic").And.NotContain("own code");
        await machine.WaitForAsync("[lamina] outside: ready", TestBed.BootDeadline);
    }

    /// <summary>VMs on every CPU, which halt most of the time, are ended at the host key, and with them the machine.</summary>
    [Theory]
    [OnQemu(3)]
    public async Task All_are_stopped_at_the_host_key(Platform platform, int cpus)
    {
        string idle = Path.Combine(NeighbourGuests.Build(TestBed.Root, new Progress<string>()), NeighbourGuests.Idle);
        string manifest = "version: 1\nvms:\n" + string.Concat(Enumerable.Range(0, 6).Select(i => VmOf($"vm{i}", idle)));
        using var machine = Start(platform, manifest, cpus);
        for (int i = 0; i < 6; i++) await machine.WaitForAsync($"vm{i}| guest idle", TestBed.GuestDeadline);
        machine.Send("\u001dq");
        (await machine.WaitForEndAsync(TestBed.GuestDeadline)).Should().Be(MachineEnd.PoweredOff, machine.Log);
        machine.Log.Should().NotContain("panic").And.NotContain("error:");
    }

    /// <summary>As far as Bochs' speed allows.</summary>
    [Theory]
    [OnBochs(1, OnlyWithAll = true), OnBochs(2, OnlyWithAll = true)]
    public async Task Three_of_them_on_two_CPUs_do(Platform platform, int vcpus)
    {
        using var machine = _bed.Start(platform, _bed.WriteProduct(ServiceGuests.SmallManifest, text => WithVcpus(text, vcpus, Smp.AllowedCpus(platform, 2))), options => options with { MemoryMebibytes = 1024, Cpus = 2 });
        await machine.WaitForAsync("[lamina] desktop: ready", TestBed.BootDeadline);
        var keyboard = new Keyboard(machine, s_vms);
        await keyboard.SayAsync("desktop", "curl -s -m 20 http://www.outside.test/", "This page came from outside.");
        await keyboard.SayAsync("desktop", "echo it has =$(nproc)=", $"it has ={vcpus}=");
        machine.Log.Should().MatchRegex(@" on CPUs? [\d, ]*1\b").And.NotContain("panic").And.NotContain("[lamina] error");
    }

    [Theory]
    [OnQemu(4), OnBochs(2, OnlyWithAll = true)]
    public async Task Sixteen_small_VMs_run_at_once(Platform platform, int cpus)
    {
        var manifest = new StringBuilder("version: 1\nvms:\n");
        for (int i = 0; i < 16; i++)
            manifest.Append(Vm($"vm{i}", "state"));
        using var machine = Start(platform, manifest.ToString(), cpus);
        (await machine.WaitForEndAsync(TestBed.BootDeadline)).Should().Be(MachineEnd.PoweredOff, machine.Log);
        for (int i = 0; i < 16; i++)
            machine.Log.Should().Contain($"vm{i}| done").And.Contain($"[lamina] vm{i}: powered off by its guest");
        for (int cpu = 0; cpu < cpus; cpu++)
            Regex.Count(machine.Log, $" on CPU {cpu}\r").Should().Be(16 / cpus);
        machine.Log.Should().NotContain("FAIL").And.NotContain("panic").And.NotContain("error:");
    }

    /// <summary>Without masks it would be the other way round.</summary>
    [Theory]
    [OnEveryPlatform]
    public async Task A_VM_lives_on_a_CPU_that_it_is_allowed(Platform platform)
    {
        using var machine = Start(platform, "version: 1\nvms:\n" + Vm("first", "state", "allowed-cpus: [1, 5-7]") + Vm("other", "state", "allowed-cpus: 0"), 2);
        (await machine.WaitForEndAsync(TestBed.GuestDeadline)).Should().Be(MachineEnd.PoweredOff, machine.Log);
        machine.Log.Should().Contain("[lamina] first: 16384 KiB, 1 vCPU on CPU 1\r\n").And.Contain("[lamina] other: 16384 KiB, 1 vCPU on CPU 0\r\n")
            .And.Contain("first| done").And.Contain("other| done").And.NotContain("FAIL").And.NotContain("panic");
    }

    /// <summary>All that a small guest looks at is as it should be on another CPU too. (Timers in Bochs alone: QEMU counts no time of two CPUs, and a busy machine's is not exact.)</summary>
    [Theory]
    [OnQemu("apic"), OnQemu("exceptions", OnlyWithAll = true), OnQemu("modes", OnlyWithAll = true), OnQemu("msr", OnlyWithAll = true), OnQemu("memory", OnlyWithAll = true), OnQemu("mmio"), OnQemu("cpuid", OnlyWithAll = true)]
    [OnBochs("timers", OnlyWithAll = true), OnBochs("apic", OnlyWithAll = true)]
    public async Task A_small_guest_finds_all_as_it_should_be(Platform platform, string guest)
    {
        using var machine = Start(platform, "version: 1\nvms:\n" + Vm("first", "state") + Vm("other", guest), 2);
        (await machine.WaitForEndAsync(TestBed.GuestDeadline)).Should().Be(MachineEnd.PoweredOff, machine.Log);
        machine.Log.Should().Contain("[lamina] other: 16384 KiB, 1 vCPU on CPU 1\r\n").And.Contain("other| done").And.NotContain("FAIL").And.NotContain("panic");
    }

    /// <summary>Each round the VM is built on the first CPU, runs on another, and is taken back. What is left is what was there.</summary>
    [Theory]
    [OnQemu(300), OnBochs(20, OnlyWithAll = true)]
    public async Task One_that_ends_on_another_CPU_gives_back_all_it_held(Platform platform, int rounds)
    {
        using var machine = Start(
            platform, "version: 1\nvms:\n" + Vm("first", "state") + Vm("round", "shutdown-acpi", "restart: always", "back-off: 10ms"), 2, "log=debug");
        int at = 0;
        for (int i = 0; i < rounds; i++)
            at = await machine.WaitForAsync("round: gone; free for guests ", TestBed.GuestDeadline, at);
        var figures = Regex.Matches(machine.Log, @"round: gone; free for guests (\d+) bytes, the hypervisor's own (\d+), of which free (\d+)")
            .Select(match => match.Value).Skip(rounds / 2).Distinct().ToArray();
        figures.Should().ContainSingle("each round leaves what the one before left");
        machine.Log.Should().NotContain("FAIL").And.NotContain("error:").And.NotContain("panic");
    }

    [Theory]
    [OnEveryPlatform]
    public async Task One_that_resets_itself_on_another_CPU_starts_again_there(Platform platform)
    {
        using var machine = Start(platform, "version: 1\nvms:\n" + Vm("first", "state") + Vm("reset", "shutdown-cf9"), 2);
        await machine.WaitForAsync("[lamina] reset: reset by its guest", TestBed.GuestDeadline);
        await machine.WaitForAsync("[lamina] reset: started again", TestBed.GuestDeadline);
        (await machine.WaitForEndAsync(TestBed.GuestDeadline)).Should().Be(MachineEnd.PoweredOff, machine.Log);
        machine.Log.Should().Contain("first| done").And.NotContain("FAIL").And.NotContain("panic");
    }

    [Theory]
    [OnEveryPlatform("null", "a null reference was used")]
    [OnQemu("throw", "an allocation where none is allowed")]
    [OnQemu("stack-overflow", "the stack has overflowed", OnlyWithAll = true)]
    public async Task A_fault_of_our_own_code_on_another_CPU_ends_one_VM(Platform platform, string kind, string words)
    {
        using var machine = Start(platform, "version: 1\nvms:\n" + Vm("good", "state") + Vm("bad", "devices"), 2, $"plant=8254:bad:{kind}");
        (await machine.WaitForEndAsync(TestBed.GuestDeadline)).Should().Be(MachineEnd.PoweredOff, machine.Log);
        machine.Log.Should().Contain("[lamina] error: bad: the hypervisor's own code failed while it worked for this VM")
            .And.Contain(words).And.Contain("Lamina.Boot.FaultTests.").And.Contain("[lamina] error: bad: ended").And.NotContain("bad| done").And.NotContain("panic")
            .And.Contain("good| done").And.NotContain("FAIL");
    }

    private static string WithVcpus(string manifest, int vcpus, string allowedCpus) =>
        manifest.Replace("    boot:\n", $"    cpus: {vcpus}\n    allowed-cpus: {allowedCpus}\n    boot:\n").Replace("console=ttyS0", Smp.LinuxParameters);

    private EmulatedMachine Start(Platform platform, string manifest, int cpus, string parameters = "") =>
        _bed.Start(platform, _bed.Write(manifest), options => options with { Cpus = cpus, Parameters = parameters });

    private static string Vm(string name, string guest, params string[] more) => VmOf(name, TestBed.SmallGuest(guest), more);

    private static string VmOf(string name, string kernel, params string[] more) => $"""
          - name: {name}
            memory: 16M
            boot:
              protocol: multiboot
              kernel: {kernel}
        {string.Concat(more.Select(line => $"    {line}\n"))}
        """;
}
