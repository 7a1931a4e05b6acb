using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;

namespace Lamina.QemuHarness;

/// <summary>
/// A machine in QEMU that boots the image: its serial port both ways, its screen, its end. The emulator is a child of this
/// process and never outlives it; <see cref="Dispose"/> ends it at once.
/// </summary>
public sealed class QemuMachine : IDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(30);
    private readonly string _directory;
    private readonly Socket _serialListener;
    private readonly Socket _monitorListener;
    private readonly StringBuilder _emulatorErrors = new();
    private readonly Action<string>? _output;
    private Process? _process;
    private NetworkStream? _serial;
    private QmpClient? _monitor;
    private bool _wasStopped;
    private int _isDisposed;

    private QemuMachine(Action<string>? output)
    {
        _output = output;
        // Not below the checkout: the path of a socket has at most 107 bytes.
        _directory = Directory.CreateTempSubdirectory("lamina-").FullName;
        _serialListener = Listen(QemuCommandLine.SerialSocket);
        _monitorListener = Listen(QemuCommandLine.MonitorSocket);
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
    }

    /// <summary>The emulator's command line, as a shell would take it.</summary>
    public string CommandLine { get; private set; } = "";

    /// <summary>What the machine printed on its serial port.</summary>
    public SerialLog SerialLog { get; } = new();

    /// <summary>What the machine printed so far.</summary>
    public string Log => SerialLog.Text;

    /// <summary>Ends when the machine has ended and all it printed is in the log.</summary>
    public Task<MachineEnd> End { get; private set; } = null!;

    /// <summary>The emulator's exit code, once it has ended.</summary>
    public int? ExitCode => _process is { HasExited: true } ? _process.ExitCode : null;

    /// <summary>The value that the machine wrote to the debug exit port, if that ended it.</summary>
    public int? DebugExitValue { get; private set; }

    /// <summary>What the emulator itself complained of.</summary>
    public string EmulatorErrors
    {
        get
        {
            lock (_emulatorErrors)
                return _emulatorErrors.ToString();
        }
    }

    /// <summary>Makes the boot medium and starts the machine.</summary>
    /// <param name="options">The machine.</param>
    /// <param name="output">Gets the text as it is printed, from one thread at a time.</param>
    /// <exception cref="HarnessException">A tool or the emulator is missing or failed.</exception>
    public static QemuMachine Start(MachineOptions options, Action<string>? output = null)
    {
        var machine = new QemuMachine(output);
        try
        {
            BootMedium.Make(options, machine._directory);
            machine.StartEmulator(QemuCommandLine.Build(options));
            return machine;
        }
        catch
        {
            machine.Dispose();
            throw;
        }
    }

    /// <summary>Waits until the machine has printed <paramref name="text"/>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="deadline">From now; when it is over, or the machine has ended, that is an error with the log's end in it.</param>
    /// <param name="from">Where in the log to look from, so that what was printed before is not taken for an answer.</param>
    /// <returns>Where in the log the text ends.</returns>
    /// <exception cref="HarnessException">It was not printed in time, or before the machine ended.</exception>
    public async Task<int> WaitForAsync(string text, TimeSpan deadline, int from = 0)
    {
        using var timer = new CancellationTokenSource(deadline);
        try
        {
            int found = await SerialLog.WaitForAsync(text, from, timer.Token);
            return found >= 0
                ? found
                : throw new HarnessException($"the machine ended ({await End}) before it printed '{text}'. {EmulatorErrors}The log:\n{Log}");
        }
        catch (OperationCanceledException)
        {
            throw new HarnessException($"the machine did not print '{text}' in {deadline.TotalSeconds:0} s. The log:\n{Log}");
        }
    }

    /// <summary>Waits until the machine has ended.</summary>
    /// <exception cref="HarnessException">It had not ended at the deadline.</exception>
    public async Task<MachineEnd> WaitForEndAsync(TimeSpan deadline)
    {
        try
        {
            return await End.WaitAsync(deadline);
        }
        catch (TimeoutException)
        {
            throw new HarnessException($"the machine did not end in {deadline.TotalSeconds:0} s. The log:\n{Log}");
        }
    }

    /// <summary>Types <paramref name="text"/> at the serial port.</summary>
    public void Send(string text) => Send(Encoding.UTF8.GetBytes(text));

    /// <summary>Sends bytes to the serial port; they go nowhere when the machine has ended.</summary>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _serial!.Write(bytes);
        }
        catch (IOException)
        {
            // The machine has ended; whoever waits for an answer learns it from the log.
        }
    }

    /// <summary>Takes a picture of the screen, as PNG.</summary>
    /// <exception cref="HarnessException">The machine has ended.</exception>
    public Task SaveScreenAsync(string path) =>
        _monitor!.ExecuteAsync("screendump", new JsonObject { ["filename"] = Path.GetFullPath(path), ["format"] = "png" });

    /// <summary>Ends the machine if it is still there, as by pulling its plug. <see cref="End"/> then says so.</summary>
    public void Stop()
    {
        if (_process is not { HasExited: false })
            return;
        _wasStopped = true;
        _process.Kill();
    }

    /// <summary>Ends the machine and removes what was made for it.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        Stop();
        _process?.WaitForExit();
        End?.Wait();
        _monitor?.Dispose();
        _serial?.Dispose();
        _serialListener.Dispose();
        _monitorListener.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static string Quote(string argument) =>
        argument.Length != 0 && argument.All(letter => char.IsAsciiLetterOrDigit(letter) || "-_=./,:+%@".Contains(letter))
            ? argument
            : "'" + argument.Replace("'", "'\\''") + "'";

    private void OnProcessExit(object? sender, EventArgs arguments) => Dispose();

    private Socket Listen(string name)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(_directory, name)));
        socket.Listen(1);
        return socket;
    }

    private void StartEmulator(IReadOnlyList<string> arguments)
    {
        CommandLine = string.Join(' ', arguments.Prepend(QemuCommandLine.Emulator).Select(Quote));
        _process = ChildProcess.Start(new ProcessStartInfo(QemuCommandLine.Emulator, arguments)
        {
            WorkingDirectory = _directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        });
        _process.StandardInput.Close();
        _process.ErrorDataReceived += (_, line) => TakeError(line.Data);
        _process.OutputDataReceived += (_, line) => TakeError(line.Data);
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        _serial = new NetworkStream(Accept(_serialListener), ownsSocket: true);
        _monitor = new QmpClient(Accept(_monitorListener));
        End = FollowAsync();
    }

    private void TakeError(string? line)
    {
        // An EPYC has features that TCG has not; QEMU says so once for each.
        if (line is null || line.Contains("TCG doesn't support requested feature"))
            return;
        lock (_emulatorErrors)
            _emulatorErrors.Append(line).Append('\n');
    }

    /// <summary>The emulator's connection; an error if it ended before it came.</summary>
    private Socket Accept(Socket listener)
    {
        Task<Socket> connection = listener.AcceptAsync();
        Task exit = _process!.WaitForExitAsync();
        Task.WaitAny([connection, exit], StartDeadline);
        if (connection.IsCompletedSuccessfully)
            return connection.Result;
        string state = exit.IsCompleted ? $"ended with {_process.ExitCode}" : "did not start in time";
        throw new HarnessException($"{QemuCommandLine.Emulator} {state}: {EmulatorErrors.Trim()}\nIts command line was: {CommandLine}");
    }

    private async Task<MachineEnd> FollowAsync()
    {
        Task negotiation = _monitor!.NegotiateAsync();
        await ReadSerialAsync();
        await _process!.WaitForExitAsync();
        await _monitor.Closed;
        await Task.WhenAny(negotiation);
        MachineEnd end = Judge();
        SerialLog.Complete();
        return end;
    }

    private async Task ReadSerialAsync()
    {
        var filter = new FirmwareFilter();
        Decoder decoder = Encoding.UTF8.GetDecoder();
        byte[] bytes = new byte[16384];
        char[] letters = new char[bytes.Length + 1];
        try
        {
            for (int count; (count = await _serial!.ReadAsync(bytes)) != 0;)
                Print(filter.Filter(letters.AsSpan(0, decoder.GetChars(bytes.AsSpan(0, count), letters, flush: false))));
        }
        catch (IOException)
        {
            // A killed emulator may reset the connection; all that it had sent was read before.
        }

        Print(filter.Flush());
    }

    private void Print(string text)
    {
        if (text.Length == 0)
            return;
        SerialLog.Append(text);
        _output?.Invoke(text);
    }

    private MachineEnd Judge()
    {
        if (_wasStopped)
            return MachineEnd.Stopped;
        switch (_monitor!.ShutdownReason)
        {
            case "guest-shutdown":
                return MachineEnd.PoweredOff;
            case "guest-reset":
                return MachineEnd.Reset;
            case "host-signal" or "host-qmp-quit":
                return MachineEnd.Stopped;
        }

        // isa-debug-exit leaves QEMU at once, with an odd code; 1 is also QEMU's own for an error, so 0 is no value to write.
        if (_process!.ExitCode <= 1 || _process.ExitCode % 2 == 0)
            return MachineEnd.EmulatorFailed;
        DebugExitValue = DebugExit.Value(_process.ExitCode);
        return DebugExitValue == DebugExit.Success ? MachineEnd.PoweredOff : MachineEnd.DebugExit;
    }
}
