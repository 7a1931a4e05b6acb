using System;
using System.IO;
using System.Threading.Tasks;
using Lamina.GuestBuilder;
using Lamina.QemuHarness;

namespace Lamina.SystemTests;

/// <summary>A Debian guest with several vCPUs: what its kernel does with them, and whichever of them it does it on.</summary>
[Trait(Smp.Trait, Smp.Value)]
public sealed class SmpGuestTests : IDisposable
{
    private const string Prompt = "debian:~# ";
    private const int Vcpus = 4;
    private const int MostVcpus = 32;

    /// <summary>For taskset: the last of four vCPUs alone.</summary>
    private const string LastVcpu = "8";

    private readonly TestBed _bed = new();

    public void Dispose() => _bed.Dispose();

    /// <summary>vCPUs are switched off and on again (by INIT and start-up messages); a reset, a panic and a power-off come from another one than the first, while all run.</summary>
    [Theory]
    [OnQemu(1), OnQemu(2), OnQemu(4, OnlyWithAll = true), OnBochs(2, OnlyWithAll = true)]
    public async Task All_of_its_vCPUs_come_and_go(Platform platform, int cpus)
    {
        using var machine = Start(platform, cpus, Vcpus);
        int at = await machine.WaitForAsync(Prompt, TestBed.BootDeadline);
        at = await Say(machine, $"echo it has =$(nproc)=", $"it has ={Vcpus}=", at);
        at = await Say(
            machine,
            "cd /sys/devices/system/cpu; for i in 1 2 3; do for on in 0 1; do for cpu in cpu[1-3]; do echo $on > $cpu/online; done; done; done; cd; echo it has =$(nproc)= again",
            $"it has ={Vcpus}= again", at);
        at = await Say(machine, $"for cpu in 1 2 4 8; do taskset $cpu grep Cpus_allowed_list /proc/self/status; done; echo all =$((1 + 1))=", "all =2=", at);

        machine.Send($"taskset {LastVcpu} reboot -f\n");
        at = await Back(machine, at);
        machine.Send($"taskset {LastVcpu} sh -c 'echo c > /proc/sysrq-trigger'\n");
        at = await machine.WaitForAsync("Kernel panic - not syncing: sysrq triggered crash", TestBed.GuestDeadline, at);
        at = await Back(machine, at);
        HasNoComplaint(machine.Log[at..]);
        machine.Send($"taskset {LastVcpu} poweroff -f\n");
        (await machine.WaitForEndAsync(TestBed.GuestDeadline)).Should().Be(MachineEnd.PoweredOff, machine.Log);
        machine.Log.Should().Contain("[lamina] debian: powered off by its guest").And.NotContain("[lamina] error").And.NotContain("lockup").And.NotContain("detected stall");
    }

    [Theory]
    [OnQemu(1, OnlyWithAll = true), OnQemu(2, OnlyWithAll = true)]
    public async Task It_boots_with_as_many_as_a_VM_may_have(Platform platform, int cpus)
    {
        using var machine = Start(platform, cpus, MostVcpus);
        int at = await machine.WaitForAsync(Prompt, TestBed.BootDeadline);
        await Say(machine, $"echo it has =$(nproc)=", $"it has ={MostVcpus}=", at);
        machine.Send("poweroff -f\n");
        (await machine.WaitForEndAsync(TestBed.GuestDeadline)).Should().Be(MachineEnd.PoweredOff, machine.Log);
        HasNoComplaint(machine.Log);
    }

    /// <summary>vCPUs start, interrupt one another in every way that an APIC has, and use one device at once.</summary>
    [Theory]
    [OnEveryPlatform(1), OnEveryPlatform(2)]
    public async Task A_small_guest_finds_all_of_them_as_they_should_be(Platform platform, int cpus)
    {
        string manifest = _bed.Write($"""
            version: 1
            vms:
              - name: smp
                memory: 16M
                cpus: {Vcpus}
                boot:
                  protocol: multiboot
                  kernel: {TestBed.SmallGuest("smp")}
            """);
        using var machine = _bed.Start(platform, manifest, options => options with { Cpus = cpus, VirtualInterrupts = true });
        (await machine.WaitForEndAsync(TestBed.GuestDeadline)).Should().Be(MachineEnd.PoweredOff, machine.Log);
        machine.Log.Should().Contain("smp| ok vCPU 3 is started again and again").And.Contain("smp| ok x2APIC, sent by vCPU 2 to all others")
            .And.Contain("smp| done").And.NotContain("FAIL").And.NotContain("[lamina] error");
    }

    /// <summary>Reset, and with all of its vCPUs again.</summary>
    private static async Task<int> Back(EmulatedMachine machine, int from)
    {
        from = await machine.WaitForAsync("[lamina] debian: started again", TestBed.GuestDeadline, from);
        from = await machine.WaitForAsync(Prompt, TestBed.BootDeadline, from);
        return await Say(machine, $"echo it has =$(nproc)=", $"it has ={Vcpus}=", from);
    }

    private static async Task<int> Say(EmulatedMachine machine, string command, string answer, int from)
    {
        machine.Send(command + "\n");
        return await machine.WaitForAsync(answer, TestBed.GuestDeadline, from);
    }

    private static void HasNoComplaint(string log)
    {
        foreach (string complaint in new[] { "Call Trace", "cut here", "BUG:", "lockup", "detected stall", "unstable", "[lamina] error", "[lamina] panic", "Kernel panic" })
            log.Should().NotContain(complaint);
    }

    private EmulatedMachine Start(Platform platform, int cpus, int vcpus)
    {
        string manifest = _bed.Write($"""
            version: 1
            vms:
              - name: debian
                memory: 256M
                cpus: {vcpus}
                allowed-cpus: {Smp.AllowedCpus(platform, cpus)}
                boot:
                  protocol: linux
                  kernel: {Path.Combine(TestBed.Debian, DebianGuest.Kernel)}
                  initrd: {Path.Combine(TestBed.Debian, DebianGuest.Initrd)}
                  command-line: {Smp.LinuxParameters} panic=-1
            """);
        return _bed.Start(platform, manifest, options => options.WithCpus(cpus));
    }
}
