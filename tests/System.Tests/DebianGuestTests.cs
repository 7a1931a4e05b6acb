using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Lamina.GuestBuilder;
using Lamina.QemuHarness;

namespace Lamina.SystemTests;

/// <summary>An unmodified Debian kernel, to its shell and back, by each way in and each protocol that it has.</summary>
public sealed class DebianGuestTests : IDisposable
{
    private const string Prompt = "debian:~# ";
    private readonly TestBed _bed = new();

    public void Dispose() => _bed.Dispose();

    [Theory]
    [OnEveryPlatform(BootMethod.Iso, "multiboot2")]
    [OnQemu(BootMethod.Uefi, "UEFI"), OnBochs(BootMethod.Uefi, "UEFI", OnlyWithAll = true)]
    [OnQemu(BootMethod.Multiboot, "multiboot"), OnBochs(BootMethod.Multiboot, "multiboot", OnlyWithAll = true)]
    public async Task Reaches_its_shell_runs_a_command_and_powers_off(Platform platform, BootMethod boot, string way)
    {
        using var machine = _bed.Start(platform, Path.Combine(TestBed.Debian, DebianGuest.Manifest), options => options with { Boot = boot });
        await UseShell(machine);
        machine.Log.Should().Contain($"[lamina] Lamina 0.1.0, by {way},");
    }

    /// <summary>Linux's 64-bit protocol starts it with paging on, and it stays so.</summary>
    [Theory]
    [OnIntel(OnlyWithAll = true)]
    public async Task Reaches_its_shell_without_unrestricted_guest(Platform platform)
    {
        using var machine = _bed.Start(
            platform, Path.Combine(TestBed.Debian, DebianGuest.Manifest), options => options with { CpuModel = TestBed.IntelWithoutUnrestrictedGuest });
        await UseShell(machine);
    }

    [Theory]
    [OnQemu, OnBochs(OnlyWithAll = true)]
    public async Task Reaches_its_shell_by_PVH(Platform platform)
    {
        string manifest = _bed.Write($"""
            version: 1
            vms:
              - name: debian
                memory: 128M
                cpus: 1
                boot:
                  protocol: pvh
                  kernel: {Path.Combine(TestBed.Debian, DebianGuest.PvhKernel)}
                  initrd: {Path.Combine(TestBed.Debian, DebianGuest.Initrd)}
                  command-line: console=ttyS0 panic=-1
                console: serial
            """);
        using var machine = _bed.Start(platform, manifest);
        await UseShell(machine);
    }

    [Theory]
    [OnQemu, OnBochs(OnlyWithAll = true)]
    public async Task A_reset_by_the_guest_starts_it_again(Platform platform)
    {
        using var machine = _bed.Start(platform, Path.Combine(TestBed.Debian, DebianGuest.Manifest));
        int first = await machine.WaitForAsync(Prompt, TestBed.BootDeadline);
        machine.Send("reboot -f\n");
        int again = await machine.WaitForAsync("[lamina] debian: started again", TestBed.BootDeadline, first);
        await machine.WaitForAsync(Prompt, TestBed.BootDeadline, again);
    }

    [Theory]
    [OnQemu, OnBochs(OnlyWithAll = true)]
    public async Task All_that_is_typed_arrives_however_much_it_is(Platform platform)
    {
        const int lines = 2_000;
        using var machine = _bed.Start(platform, Path.Combine(TestBed.Debian, DebianGuest.Manifest));
        int prompt = await machine.WaitForAsync(Prompt, TestBed.BootDeadline);
        // The kernel's own messages, one of which comes when the emulator is slow, break whatever line is being printed.
        machine.Send("dmesg -n 1\n");
        prompt = await machine.WaitForAsync(Prompt, TestBed.BootDeadline, prompt);
        // A shell that is busy takes nothing for a while, then all of it.
        machine.Send("stty -echo; sleep 2; lines=$(wc -l); echo; echo lines $lines\n");
        machine.Send(string.Concat(Enumerable.Repeat("0123456789\n", lines)) + "\u0004");
        // What was typed before the shell came to its first word is echoed still: the answer has a line of its own.
        int answer = await machine.WaitForAsync("debian| lines ", TestBed.BootDeadline, prompt);
        int end = await machine.WaitForAsync("\n", TestBed.BootDeadline, answer);
        machine.Log[answer..end].Trim().Should().Be(lines.ToString(CultureInfo.InvariantCulture), "so many lines were typed");
    }

    private static async Task UseShell(EmulatedMachine machine)
    {
        int prompt = await machine.WaitForAsync(Prompt, TestBed.BootDeadline);
        // The echo of what is typed does not hold the answer.
        machine.Send("echo answer $((6 * 7)); uname -r; dmesg | grep -c . \n");
        await machine.WaitForAsync("answer 42", TestBed.BootDeadline, prompt);
        machine.Send("poweroff -f\n");
        (await machine.WaitForEndAsync(TestBed.BootDeadline)).Should().Be(MachineEnd.PoweredOff);
        machine.Log.Should().MatchRegex(@"(?m)^debian\| 6\.1\.0-\d+-cloud-amd64").And.Contain("[lamina] debian: powered off by its guest");
        HasNoComplaint(machine.Log);
        ulong.Parse(Regex.Match(machine.Log, @"hypervisor memory: (\d+) KiB of its own").Groups[1].Value, CultureInfo.InvariantCulture)
            .Should().BeInRange(1024, 8 * 1024, "it is 8 MiB at most");
        ulong.Parse(Regex.Match(machine.Log, @"deepest stack: (\d+) of 65536 bytes").Groups[1].Value, CultureInfo.InvariantCulture)
            .Should().BeInRange(1024, 32 * 1024, "half of the stack is kept for what no test has met");
    }

    /// <summary>What Debian would say of hardware of ours that is not right.</summary>
    private static void HasNoComplaint(string log)
    {
        foreach (string complaint in new[]
        {
            "unchecked MSR", "nstable", "ACPI Error", "ACPI Warning", "ACPI BIOS", "ACPI Exception", "Call Trace", "cut here", "BUG:", "firmware bug",
            "Firmware Bug", "failed to assign", "can't claim", "no compatible bridge window", "fail to add MMCONFIG", "No config space access", "soft lockup", "rcu_preempt detected",
            "spurious", "nobody cared", "timer doesn't work", "consistency problem",
        })
            log.Should().NotContain(complaint);
    }
}
