using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Lamina.QemuHarness;

/// <summary>
/// A machine in an emulator that boots the image: its serial port both ways, its screen, its end. The emulator is a child of this
/// process and never outlives it; <see cref="Dispose"/> ends it at once.
/// </summary>
public abstract class EmulatedMachine : IDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(30);

    // Whoever keeps an error cuts it at its end, and what a machine did last is the log's end.
    private const int LogLinesInErrors = 100;

    private readonly StringBuilder _emulatorErrors = new();
    private readonly Action<string>? _output;
    private Socket? _serialListener;
    private Process? _process;
    private NetworkStream? _serial;
    private GrowingFile? _serialFile;
    private bool _wasStopped;
    private int _isDisposed;

    private protected EmulatedMachine(Action<string>? output)
    {
        _output = output;
        // Not below the checkout: the path of a socket has at most 107 bytes.
        WorkingDirectory = Directory.CreateTempSubdirectory("lamina-").FullName;
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
    public int? DebugExitValue { get; private protected set; }

    /// <summary>What the emulator itself complained of.</summary>
    public string EmulatorErrors
    {
        get
        {
            lock (_emulatorErrors)
                return _emulatorErrors.ToString();
        }
    }

    /// <summary>Where the emulator runs, with all that was made for it; removed at the end.</summary>
    private protected string WorkingDirectory { get; }

    /// <summary>The emulator's program.</summary>
    private protected abstract string Program { get; }

    /// <summary>Makes the boot medium and starts the machine.</summary>
    /// <param name="options">The machine.</param>
    /// <param name="output">Gets the text as it is printed, from one thread at a time.</param>
    /// <exception cref="HarnessException">There is no such machine, or a tool or the emulator is missing or failed.</exception>
    public static EmulatedMachine Start(MachineOptions options, Action<string>? output = null)
    {
        options.Check();
        EmulatedMachine machine = options.Emulator == Emulator.Bochs ? new BochsMachine(output) : new QemuMachine(output);
        try
        {
            BootMedium.Make(options, machine.WorkingDirectory);
            machine.StartEmulator(options);
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
                : throw new HarnessException($"the machine ended ({await End}) before it printed '{text}'. {EmulatorErrors}{LogEnd}");
        }
        catch (OperationCanceledException)
        {
            throw new HarnessException($"the machine did not print '{text}' in {deadline.TotalSeconds:0} s. {await DescribeAsync()}{LogEnd}");
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
            throw new HarnessException($"the machine did not end in {deadline.TotalSeconds:0} s. {await DescribeAsync()}{LogEnd}");
        }
    }

    /// <summary>Types <paramref name="text"/> at the serial port.</summary>
    public void Send(string text) => Send(Encoding.UTF8.GetBytes(text));

    /// <summary>Sends bytes to the serial port; they go nowhere when the machine has ended.</summary>
    /// <exception cref="InvalidOperationException">The machine has <see cref="MachineOptions.SerialToFile"/>.</exception>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        if (_serialFile != null)
            throw new InvalidOperationException("what goes to a file takes no input");
        try
        {
            _serial!.Write(bytes);
        }
        catch (IOException)
        {
            // The machine has ended; whoever waits for an answer learns it from the log.
        }
    }

    /// <summary>Takes a picture of the screen, as PNG, or as PPM where the path ends so.</summary>
    /// <exception cref="HarnessException">The machine has ended, or its emulator gives none.</exception>
    public abstract Task SaveScreenAsync(string path);

    /// <summary>Ends the machine if it is still there, as by pulling its plug. <see cref="End"/> then says so.</summary>
    public void Stop()
    {
        if (_process is not { HasExited: false })
            return;
        _wasStopped = true;
        _process.Kill();
    }

    /// <summary>Ends the machine and removes what was made for it.</summary>
    public virtual void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        Stop();
        _process?.WaitForExit();
        End?.Wait();
        _serial?.Dispose();
        _serialFile?.Dispose();
        _serialListener?.Dispose();
        Directory.Delete(WorkingDirectory, recursive: true);
    }

    /// <summary>Opens what the emulator's serial port will connect to.</summary>
    private protected abstract Socket ListenForSerial();

    /// <summary>Makes what the emulator needs beside the boot medium, and gives its arguments.</summary>
    private protected abstract IReadOnlyList<string> Prepare(MachineOptions options, Socket serialListener);

    /// <summary>Connects what the emulator has beside the serial port.</summary>
    private protected virtual void Attach()
    {
    }

    /// <summary>Takes a line that the emulator itself said, and tells whether it is a complaint.</summary>
    private protected abstract bool IsError(string line);

    /// <summary>What the emulator says of a machine that does not do what it should: whole lines, or nothing.</summary>
    private protected virtual Task<string> DescribeAsync() => Task.FromResult("");

    /// <summary>How the machine ended that nobody stopped. The emulator has ended, and all its lines were taken.</summary>
    private protected abstract Task<MachineEnd> JudgeAsync();

    /// <summary>The emulator's connection; an error if it ended before it came.</summary>
    private protected Socket Accept(Socket listener)
    {
        Task<Socket> connection = listener.AcceptAsync();
        Task exit = _process!.WaitForExitAsync();
        Task.WaitAny([connection, exit], StartDeadline);
        if (connection.IsCompletedSuccessfully)
            return connection.Result;
        string state = exit.IsCompleted ? $"ended with {_process.ExitCode}" : "did not start in time";
        throw new HarnessException($"{Program} {state}: {EmulatorErrors.Trim()}\nIts command line was: {CommandLine}");
    }

    /// <summary>Ends the emulator, of whose end <see cref="JudgeAsync"/> knows more.</summary>
    private protected void Kill() => _process!.Kill();

    private string LogEnd
    {
        get
        {
            string[] lines = Log.Split('\n');
            return lines.Length <= LogLinesInErrors
                ? $"The log:\n{Log}"
                : $"The log's last {LogLinesInErrors} lines of {lines.Length}:\n{string.Join('\n', lines[^LogLinesInErrors..])}";
        }
    }

    private static string Quote(string argument) =>
        argument.Length != 0 && argument.All(letter => char.IsAsciiLetterOrDigit(letter) || "-_=./,:+%@".Contains(letter))
            ? argument
            : "'" + argument.Replace("'", "'\\''") + "'";

    private void OnProcessExit(object? sender, EventArgs arguments) => Dispose();

    private void StartEmulator(MachineOptions options)
    {
        if (options is { SerialToFile: true, Emulator: Emulator.Qemu })
            _serialFile = new GrowingFile(Path.Combine(WorkingDirectory, QemuCommandLine.SerialFile));
        _serialListener = ListenForSerial();
        IReadOnlyList<string> arguments = Prepare(options, _serialListener);
        CommandLine = string.Join(' ', arguments.Prepend(Program).Select(Quote));
        _process = ChildProcess.Start(new ProcessStartInfo(Program, arguments)
        {
            WorkingDirectory = WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        });
        _process.StandardInput.Close();
        _process.ErrorDataReceived += (_, line) => TakeLine(line.Data);
        _process.OutputDataReceived += (_, line) => TakeLine(line.Data);
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        if (_serialFile == null)
            _serial = new NetworkStream(Accept(_serialListener), ownsSocket: true);
        Attach();
        End = FollowAsync();
    }

    private void TakeLine(string? line)
    {
        if (line is null)
            return;
        lock (_emulatorErrors)
        {
            if (IsError(line))
                _emulatorErrors.Append(line).Append('\n');
        }
    }

    private async Task<MachineEnd> FollowAsync()
    {
        // On a thread of its own: the pool's may all be busy with tests for seconds, and a serial port whose reader stands still loses what a guest does not wait with.
        await Task.Factory.StartNew(ReadSerial, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await _process!.WaitForExitAsync();
        MachineEnd end = _wasStopped ? MachineEnd.Stopped : await JudgeAsync();
        SerialLog.Complete();
        return end;
    }

    private void ReadSerial()
    {
        var filter = new FirmwareFilter();
        Decoder decoder = Encoding.UTF8.GetDecoder();
        byte[] bytes = new byte[16384];
        char[] letters = new char[bytes.Length + 1];
        Task emulatorEnded = _process!.WaitForExitAsync();
        try
        {
            for (int count; (count = ReadSerial(bytes, emulatorEnded)) != 0;)
                Print(filter.Filter(letters.AsSpan(0, decoder.GetChars(bytes.AsSpan(0, count), letters, flush: false))));
        }
        catch (IOException)
        {
            // A killed emulator may reset the connection; all that it had sent was read before.
        }

        Print(filter.Flush());
    }

    private int ReadSerial(byte[] bytes, Task emulatorEnded) =>
        _serialFile == null ? _serial!.Read(bytes) : _serialFile.ReadAsync(bytes, emulatorEnded).AsTask().GetAwaiter().GetResult();

    private void Print(string text)
    {
        if (text.Length == 0)
            return;
        SerialLog.Append(text);
        _output?.Invoke(text);
    }
}
