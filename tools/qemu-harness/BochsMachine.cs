using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using System.Threading.Tasks;

namespace Lamina.QemuHarness;

/// <summary>
/// A machine in Bochs 2.7. Its exit code is always 1, so its end is told from its own log, which goes to standard error and holds its last words and its
/// resets alone.
/// </summary>
internal sealed partial class BochsMachine : EmulatedMachine
{
    /// <summary>Bochs says this at power-on too.</summary>
    private const string ResetMark = "bx_pc_system_c::Reset(";
    private const string PanicMark = ">>PANIC<< ";

    private bool _isPoweredOn;
    private bool _wasReset;
    private string? _lastWords;
    private int? _value;

    internal BochsMachine(Action<string>? output)
        : base(output)
    {
    }

    /// <inheritdoc/>
    public override Task SaveScreenAsync(string path) => throw new HarnessException("Bochs gives no picture of its screen: use QEMU for that");

    private protected override string Program => BochsConfiguration.Emulator;

    private protected override Socket ListenForSerial()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen(1);
        return socket;
    }

    private protected override IReadOnlyList<string> Prepare(MachineOptions options, Socket serialListener)
    {
        string configuration = BochsConfiguration.Build(options, WorkingDirectory, ((IPEndPoint)serialListener.LocalEndPoint!).Port);
        File.WriteAllText(Path.Combine(WorkingDirectory, BochsConfiguration.File), configuration);
        File.WriteAllText(Path.Combine(WorkingDirectory, BochsConfiguration.DebuggerFile), "c\n");
        return ["-q", "-f", BochsConfiguration.File, "-rc", BochsConfiguration.DebuggerFile, .. options.EmulatorArguments];
    }

    private protected override bool IsError(string line)
    {
        if (ValueLine().Match(line) is { Success: true } match)
            _value = match.Groups[1].Value[0];
        int panic = line.IndexOf(PanicMark, StringComparison.Ordinal);
        if (panic >= 0)
            _lastWords = line[(panic + PanicMark.Length)..];
        if (!line.Contains(ResetMark))
            return true;
        // Bochs would start the machine anew; and it resets once more when it ends.
        if (_isPoweredOn && _lastWords is null && !_wasReset)
        {
            _wasReset = true;
            Kill();
        }

        _isPoweredOn = true;
        return false;
    }

    private protected override Task<MachineEnd> JudgeAsync() => Task.FromResult(_wasReset ? MachineEnd.Reset : Judge());

    private MachineEnd Judge() => _lastWords switch
    {
        "ACPI control: soft power off" => MachineEnd.PoweredOff,
        "Shutdown port: shutdown requested" => EndWith(_value),
        { } words when words.Contains("exception with no resolution") => MachineEnd.Reset,
        _ => MachineEnd.EmulatorFailed,
    };

    /// <summary>What the machine has written to port 0xE9 stands before the debugger's prompt: the CPU, the time in ticks, and where it is.</summary>
    [GeneratedRegex(@"^(.)\(\d+\)\.\[\d+\]")]
    private static partial Regex ValueLine();
}
