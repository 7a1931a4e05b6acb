using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Threading.Tasks;

namespace Lamina.QemuHarness;

/// <summary>A machine in QEMU. Its machine protocol tells its end and takes pictures of its screen.</summary>
internal sealed class QemuMachine : EmulatedMachine
{
    private static readonly TimeSpan AnswerDeadline = TimeSpan.FromSeconds(10);

    // Where the CPUs are, a moment apart, whether they halt (HLT) or are in a guest (whose CR3 is not the host's), and which interrupts wait (irr, IRR) or are being served (isr, ISR).
    private const string Registers = "info registers -a";
    private static readonly string[] s_stateMarks = ["CPU#", "RIP=", "CR3=", "pic", "Timer", "ISR", "IRR"];

    private readonly Socket _monitorListener;
    private QmpClient? _monitor;
    private Task? _negotiation;
    private int _cpus;

    internal QemuMachine(Action<string>? output)
        : base(output) => _monitorListener = Listen(QemuCommandLine.MonitorSocket);

    /// <inheritdoc/>
    public override Task SaveScreenAsync(string path) =>
        _monitor!.ExecuteAsync("screendump", new JsonObject { ["filename"] = Path.GetFullPath(path), ["format"] = path.EndsWith(".ppm") ? "ppm" : "png" });

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _monitor?.Dispose();
        _monitorListener.Dispose();
    }

    private protected override string Program => QemuCommandLine.Emulator;

    private protected override Socket ListenForSerial() => Listen(QemuCommandLine.SerialSocket);

    private protected override IReadOnlyList<string> Prepare(MachineOptions options, Socket serialListener)
    {
        _cpus = options.Cpus;
        return QemuCommandLine.Build(options);
    }

    private protected override void Attach()
    {
        _monitor = new QmpClient(Accept(_monitorListener));
        _negotiation = _monitor.NegotiateAsync();
    }

    private protected override async Task<string> DescribeAsync()
    {
        try
        {
            var lines = new List<string>();
            foreach (string command in (string[])[Registers, Registers, Registers, "info pic", .. Enumerable.Range(0, _cpus).Select(cpu => $"info lapic {cpu}")])
            {
                JsonNode answer = await _monitor!.ExecuteAsync("human-monitor-command", new JsonObject { ["command-line"] = command }).WaitAsync(AnswerDeadline);
                lines.AddRange(answer.ToString().Split('\n').Where(line => s_stateMarks.Any(line.Contains)).Select(line => line.Trim()));
            }

            return $"QEMU says of it:\n{string.Join('\n', lines)}\n";
        }
        catch (Exception exception) when (exception is HarnessException or TimeoutException)
        {
            return $"QEMU says nothing of it: {exception.Message}\n";
        }
    }

    // An EPYC has features that TCG has not; QEMU says so once for each.
    private protected override bool IsError(string line) => !line.Contains("TCG doesn't support requested feature");

    private protected override async Task<MachineEnd> JudgeAsync()
    {
        await _monitor!.Closed;
        await Task.WhenAny(_negotiation!);
        switch (_monitor.ShutdownReason)
        {
            case "guest-shutdown":
                return MachineEnd.PoweredOff;
            case "guest-reset":
                return MachineEnd.Reset;
            case "host-signal" or "host-qmp-quit":
                return MachineEnd.Stopped;
        }

        // isa-debug-exit leaves QEMU at once, with an odd code; 1 is also QEMU's own for an error, so 0 is no value to write.
        if (ExitCode is not { } code || code <= 1 || code % 2 == 0)
            return MachineEnd.EmulatorFailed;
        DebugExitValue = DebugExit.Value(code);
        return DebugExitValue == DebugExit.Success ? MachineEnd.PoweredOff : MachineEnd.DebugExit;
    }

    private Socket Listen(string name)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(WorkingDirectory, name)));
        socket.Listen(1);
        return socket;
    }
}
