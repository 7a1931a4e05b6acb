using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Lamina.GuestBuilder;
using Lamina.QemuHarness;

namespace Lamina.SystemTests;

/// <summary>The consoles of two Debian guests at one serial port, and the host key.</summary>
public sealed class ConsoleTests : IDisposable
{
    private const string HostKey = "\u001D";
    private const string Prompt = ":~# ";
    private readonly TestBed _bed = new();

    public void Dispose() => _bed.Dispose();

    [Theory]
    [OnQemu, OnBochs(OnlyWithAll = true)]
    public async Task The_host_key_switches_lists_and_quits(Platform platform)
    {
        using var machine = _bed.Start(platform, TwoGuests());
        await machine.WaitForAsync("first| debian" + Prompt, TestBed.BootDeadline);
        await machine.WaitForAsync("second| debian" + Prompt, TestBed.BootDeadline);

        int from = machine.Log.Length;
        machine.Send("echo one $((6 * 7))\n" + HostKey + "necho two $((7 * 7))\n");
        int one = await machine.WaitForAsync("one 42", TestBed.GuestDeadline, from);
        int two = await machine.WaitForAsync("two 49", TestBed.GuestDeadline, from);
        LineOf(machine.Log, one).Should().StartWith("first| ");
        LineOf(machine.Log, two).Should().StartWith("second| ");

        machine.Send(HostKey + "l");
        from = await machine.WaitForAsync("[lamina] console 1: first, runs; CPU time ", TestBed.GuestDeadline, from);
        int second = await machine.WaitForAsync("[lamina] console 2: second, runs, has the keyboard; CPU time ", TestBed.GuestDeadline, from);
        second = await machine.WaitForAsync("\r\n", TestBed.GuestDeadline, second);
        // Each has booted a Linux, and waited for the other while both did.
        MatchCollection times = Regex.Matches(machine.Log[from..second], @"(\d+) ms, stolen (\d+) ms\r\n");
        times.Should().HaveCount(2);
        times.SelectMany(time => time.Groups.Values.Skip(1)).Should().OnlyContain(figure => int.Parse(figure.Value, CultureInfo.InvariantCulture) > 0);
        from = second;

        // Bare: a colour passes as it is, and the other VM is not seen.
        machine.Send(HostKey + "b");
        from = await machine.WaitForAsync("second alone and bare", TestBed.GuestDeadline, from);
        machine.Send("printf '\\033[3%dmcolour\\n' 1\n");
        from = await machine.WaitForAsync("\u001b[31mcolour\r\n", TestBed.GuestDeadline, from);
        machine.Send(HostKey + "b");
        from = await machine.WaitForAsync("all VMs line by line", TestBed.GuestDeadline, from);

        machine.Send("poweroff -f\n");
        from = await machine.WaitForAsync("[lamina] second: powered off by its guest", TestBed.GuestDeadline, from);
        machine.Send("x");
        from = await machine.WaitForAsync("what is typed goes nowhere: second does not run", TestBed.GuestDeadline, from);
        machine.Send(HostKey + "p");
        string state;
        do
        {
            // Its memory is cleared before it has ended.
            machine.Send(HostKey + "l");
            from = await machine.WaitForAsync("console 1: first, runs, has the keyboard; CPU time ", TestBed.GuestDeadline, from);
            from = await machine.WaitForAsync("[lamina] console 2: second, ", TestBed.GuestDeadline, from);
            int end = await machine.WaitForAsync("\r\n", TestBed.GuestDeadline, from);
            state = machine.Log[from..end];
        }
        while (state == "is ending, takes no keys\r\n");
        state.Should().Be("has ended, takes no keys\r\n");

        machine.Send(HostKey + "q");
        (await machine.WaitForEndAsync(TestBed.GuestDeadline)).Should().Be(MachineEnd.PoweredOff, machine.Log);
        machine.Log[from..].Should().Contain("[lamina] console: switching the machine off").And.Contain("every VM has ended; switching the machine off");
    }

    [Theory]
    [OnQemu, OnBochs(OnlyWithAll = true)]
    public async Task One_VM_is_shown_bare_from_the_start(Platform platform)
    {
        using var machine = _bed.Start(platform, TwoGuests(), options => options with { Parameters = "console=second,bare" });
        int from = await machine.WaitForAsync("\ndebian" + Prompt, TestBed.BootDeadline);
        machine.Send("echo answer $((6 * 7)); poweroff -f\n");
        from = await machine.WaitForAsync("\nanswer 42\r\n", TestBed.GuestDeadline, from);
        // With its end the other is seen.
        from = await machine.WaitForAsync("second has ended; all VMs line by line", TestBed.GuestDeadline, from);
        machine.Log.Should().NotContain("first| ").And.NotContain("second| ");
        machine.Send(HostKey + "n");
        from = await machine.WaitForAsync("first has the keyboard", TestBed.GuestDeadline, from);
        machine.Send("\n");
        await machine.WaitForAsync("first| debian" + Prompt, TestBed.BootDeadline, from);
        machine.Send(HostKey + "q");
        (await machine.WaitForEndAsync(TestBed.GuestDeadline)).Should().Be(MachineEnd.PoweredOff, machine.Log);
    }

    private static string LineOf(string log, int position) => log[(log.LastIndexOf('\n', position - 1) + 1)..position];

    private string TwoGuests()
    {
        string Guest(string name) => $"""
              - name: {name}
                memory: 128M
                cpus: 1
                boot:
                  protocol: linux
                  kernel: {Path.Combine(TestBed.Debian, DebianGuest.Kernel)}
                  initrd: {Path.Combine(TestBed.Debian, DebianGuest.Initrd)}
                  command-line: console=ttyS0 panic=-1
                console: serial
            """;
        return _bed.Write($"version: 1\nvms:\n{Guest("first")}\n{Guest("second")}\n");
    }
}
