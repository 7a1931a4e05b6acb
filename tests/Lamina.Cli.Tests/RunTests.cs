using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Lamina.QemuHarness;
using Lamina.QemuHarness.Tests;

namespace Lamina.Cli.Tests;

/// <summary><c>run</c> from the outside, with the harness's payload for an image.</summary>
public sealed class RunTests : IClassFixture<Payload>, IDisposable
{
    private const string Ready = "[lamina] payload is ready\r\n";
    private const string Prompt = "vm| waiting> ";
    private readonly string _directory = Directory.CreateTempSubdirectory("lamina-run-test-").FullName;
    private readonly Payload _payload;
    private readonly string _manifest;

    public RunTests(Payload payload)
    {
        _payload = payload;
        _manifest = Path.Combine(_directory, "m.yaml");
        File.Copy(payload.Multiboot, Path.Combine(_directory, "kernel"));
        File.WriteAllText(_manifest, "version: 1\nvms: [{ name: vm, memory: 64M, boot: { protocol: multiboot, kernel: kernel } }]\n");
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("uefi")]
    [InlineData("usb")]
    [InlineData("multiboot")]
    [InlineData("iso")]
    public async Task It_ends_with_0_when_the_text_appears_by_each_way_in(string boot)
    {
        CommandLine.Result result = await RunAsync("", boot, "--headless", "--until", "is ready", "--timeout", "60");
        result.ExitCode.Should().Be(0, "{0}", result.Errors);
        result.Output.Should().Contain(Ready);
    }

    [Fact]
    public async Task Piped_input_goes_to_the_guest_and_power_off_is_0()
    {
        CommandLine.Result result = await RunAsync("abcp", "multiboot");
        result.ExitCode.Should().Be(0, "{0}", result.Errors);
        result.Output.Should().EndWith(Ready + Prompt + "abcp\n");
    }

    [Fact]
    public async Task Bochs_runs_as_QEMU_does()
    {
        CommandLine.Result result = await RunAsync("abcp", "iso", "--cpu", "intel", "--verbose", "--", "cpu: ips=20000000");
        result.ExitCode.Should().Be(0, "{0}", result.Errors);
        result.Output.Should().EndWith(Ready + Prompt + "abcp\n");
        result.Errors.Should().Contain("emulated by Bochs with an Intel CPU: QEMU's emulation has no VT-x").And.Contain("bochs -q -f bochsrc -rc debugger 'cpu: ips=20000000'");
    }

    [Fact]
    public async Task Text_in_a_line_that_does_not_end_is_reached_too()
    {
        CommandLine.Result result = await RunAsync("", "multiboot", "--headless", "--until", "waiting> ");
        result.ExitCode.Should().Be(0, "{0}", result.Errors);
        result.Output.Should().EndWith(Prompt + "\n");
    }

    [Theory]
    [InlineData("r", "the machine reset itself")]
    [InlineData("f", "it wrote 0x11 to its debug exit port")]
    public async Task A_machine_that_fails_is_1(string input, string said)
    {
        CommandLine.Result result = await RunAsync(input, "multiboot");
        result.ExitCode.Should().Be(1);
        result.Errors.Should().Contain(said);
    }

    [Fact]
    public async Task A_machine_that_ends_before_the_text_is_1()
    {
        CommandLine.Result result = await RunAsync("p", "multiboot", "--until", "never");
        result.ExitCode.Should().Be(1);
        result.Errors.Should().Contain("the machine ended before 'never' appeared");
    }

    [Theory]
    [InlineData("--until", "never", "'never' had not appeared when 3 s were over")]
    [InlineData("--cpus", "2", "the machine had not powered off when 3 s were over")]
    public async Task A_timeout_is_1(string option, string value, string said)
    {
        CommandLine.Result result = await RunAsync("", "multiboot", "--headless", "--timeout", "3", option, value);
        result.ExitCode.Should().Be(1);
        result.Errors.Should().Contain(said);
    }

    [Fact]
    public async Task At_a_terminal_every_key_goes_to_the_machine_and_one_that_does_not_answer_is_ended()
    {
        string command = string.Join(' ', Arguments("multiboot", []).Select(argument => $"'{argument}'"));
        using Process process = CommandLine.StartProgram("script", ["-qec", $"TERM=xterm dotnet '{CommandLine.Program}' {command}; stty -a", "/dev/null"]);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await ReadUntilAsync(process.StandardOutput, "waiting> ");
        output.Should().Contain("Ctrl-] h: help").And.MatchRegex("\u001b\\[[0-9;]+mvm\\| \u001b\\[0mwaiting> ", "a VM's name has its colour");
        await Type("a\u0003b");
        await ReadUntilAsync(process.StandardOutput, "a\u0003b");
        // The payload knows no host key: it echoes it as it does all else.
        await Type("\u001Dq");
        await ReadUntilAsync(process.StandardOutput, "Ctrl-] q once more ends the emulator");
        await Type("\u001Dq");
        string rest = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.Should().Be(0, "{0} {1}", rest, await errors);
        rest.Split((char[])[' ', '\r', '\n']).Should().Contain(["isig", "icanon", "echo"], "the terminal is put back as it was");

        async Task Type(string keys)
        {
            await process.StandardInput.WriteAsync(keys);
            await process.StandardInput.FlushAsync();
        }
    }

    [Fact]
    public async Task One_VM_is_shown_bare_by_a_boot_parameter()
    {
        CommandLine.Result result = await RunAsync("ap", "multiboot", "--vm", "vm", "--verbose");
        result.ExitCode.Should().Be(0, "{0}", result.Errors);
        result.Errors.Should().Contain("console=vm,bare");
        result.Output.Should().EndWith(Prompt + "ap\n", "what is piped comes when its line has waited");
    }

    [Fact]
    public async Task A_VM_that_is_not_there_is_2_before_anything_boots()
    {
        await File.WriteAllTextAsync(_manifest, """
            version: 1
            vms:
            - { name: net, memory: 64M, boot: { protocol: multiboot, kernel: kernel } }
            - { name: quiet, memory: 64M, console: none, boot: { protocol: multiboot, kernel: kernel } }
            - { name: apps, memory: 64M, boot: { protocol: multiboot, kernel: kernel } }
            """);
        foreach (string name in new[] { "desktop", "quiet" })
        {
            CommandLine.Result result = await RunAsync("", "multiboot", "--vm", name);
            result.ExitCode.Should().Be(2);
            result.Output.Should().BeEmpty();
            result.Errors.Should().Contain($"--vm {name}: ").And.Contain("net, apps");
        }
    }

    [Fact]
    public async Task A_host_key_that_is_piped_is_the_guests()
    {
        CommandLine.Result result = await RunAsync("a\u001Dqp", "multiboot");
        result.ExitCode.Should().Be(0, "{0}", result.Errors);
        result.Output.Should().EndWith(Prompt + "a\u001D\u001Dqp\n", "doubled, it is one for whom the hypervisor passes it on");
    }

    private static async Task<string> ReadUntilAsync(StreamReader reader, string wanted)
    {
        string text = "";
        char[] letters = new char[256];
        for (int count; !text.Contains(wanted) && (count = await reader.ReadAsync(letters)) != 0;)
            text += new string(letters, 0, count);
        text.Should().Contain(wanted);
        return text;
    }

    [Fact]
    public async Task The_log_keeps_all_that_was_printed()
    {
        string log = Path.Combine(_directory, "log.txt");
        File.WriteAllText(log, new string('x', 100000));
        CommandLine.Result result = await RunAsync("as", "multiboot", "--log", log);
        result.ExitCode.Should().Be(0, "{0}", result.Errors);
        File.ReadAllText(log).Should().EndWith(Ready + Prompt + "as").And.Be(result.Output.TrimEnd('\n'), "the screen's last line is ended, the log is left as it is");
    }

    [Fact]
    public async Task Headless_never_reads_its_input()
    {
        // Without --headless, the 'p' is echoed as soon as the prompt is there.
        CommandLine.Result result = await RunAsync("p", "multiboot", "--headless", "--until", "waiting> ");
        result.ExitCode.Should().Be(0, "{0}", result.Errors);
        result.Output.Should().EndWith(Prompt + "\n");
    }

    [Fact]
    public async Task The_emulator_gets_its_arguments_and_its_command_line_is_said()
    {
        CommandLine.Result result = await RunAsync("p", "multiboot", "--icount", "--memory", "256", "--parameters", "log=debug", "--verbose", "--", "-name", "--icount");
        result.ExitCode.Should().Be(0, "{0}", result.Errors);
        result.Errors.Should().Contain("-m 256M").And.Contain("-icount shift=0,sleep=off -seed 1 -rtc base=2024-01-01T00:00:00,clock=vm")
            .And.Contain("-append 'log=debug debug-exit=0xf4 offer-interrupts=1' -initrd 'manifest.bin manifest.bin,kernel kernel' -name --icount");
        result.Errors.Should().Contain("emulated (TCG): --icount needs it");
    }

    [Theory]
    [InlineData("qemu")]
    [InlineData("bochs")]
    public async Task An_emulator_that_refuses_its_arguments_is_3(string emulator)
    {
        CommandLine.Result result = await RunAsync("", "multiboot", "--emulator", emulator, "--", "-no-such-option");
        result.ExitCode.Should().Be(3);
        result.Errors.Should().Contain("no-such-option");
    }

    [Fact]
    public async Task A_bad_manifest_is_2_with_all_its_errors_before_anything_boots()
    {
        await File.WriteAllTextAsync(_manifest, "version: 1\nvms:\n- { name: A, memory: 64M, boot: { protocol: linux, kernel: kernel } }\n");
        CommandLine.Result result = await RunAsync("", "multiboot");
        result.ExitCode.Should().Be(2);
        result.Output.Should().BeEmpty();
        result.Errors.Split('\n').Where(line => line.StartsWith($"{_manifest}:3:")).Should().HaveCount(2);
        result.Errors.Should().Contain("has 2 errors");
    }

    [Fact]
    public async Task More_memory_than_the_machine_has_is_2()
    {
        await File.WriteAllTextAsync(_manifest, "version: 1\nvms: [{ name: vm, memory: 257M, boot: { protocol: multiboot, kernel: kernel } }]\n");
        CommandLine.Result result = await RunAsync("", "multiboot", "--memory", "256");
        result.ExitCode.Should().Be(2);
        result.Errors.Should().Contain("vms[0].memory: is too much").And.Contain("the machine is given 256M");
    }

    [Theory]
    [InlineData("TERM", "qemu")]
    [InlineData("HUP", "qemu")]
    [InlineData("KILL", "qemu")]
    [InlineData("KILL", "bochs")]
    public async Task A_signal_ends_the_emulator_too(string signal, string name)
    {
        using Process process = CommandLine.Start(Arguments("multiboot", ["--headless", "--verbose", "--emulator", name]));
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string? line;
        do
            line = await process.StandardOutput.ReadLineAsync();
        while (line is not null && !line.StartsWith("[lamina]"));
        line.Should().NotBeNull();
        int emulator = EmulatorOf(process.Id, name);
        Payload.Run("kill", $"-{signal}", process.Id.ToString());
        await errors;
        await process.WaitForExitAsync();
        if (signal != "KILL")
            process.ExitCode.Should().Be(1);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (Directory.Exists($"/proc/{emulator}"))
            await Task.Delay(TimeSpan.FromMilliseconds(20), deadline.Token);
    }

    /// <summary>The id of the child that the emulator runs in.</summary>
    private static int EmulatorOf(int parent, string name) =>
        Directory.GetDirectories($"/proc/{parent}/task").SelectMany(task => File.ReadAllText($"{task}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(int.Parse).Single(child => File.ReadAllText($"/proc/{child}/cmdline").StartsWith(name));

    private Task<CommandLine.Result> RunAsync(string input, string boot, params string[] options) => CommandLine.RunAsync(input, Arguments(boot, options));

    private IEnumerable<string> Arguments(string boot, string[] options) =>
        ["run", "--manifest", _manifest, "--boot", boot, "--image", _payload.Machine(Enum.Parse<BootMethod>(boot, ignoreCase: true)).Image, .. options];
}
