using System;
using System.Diagnostics;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Lamina.QemuHarness;
using Microsoft.Win32.SafeHandles;

namespace Lamina.Cli.Running;

/// <summary>
/// Brings standard input to the machine: every key of a terminal as it is pressed, or what is piped once somebody is there to read it.
/// </summary>
internal sealed class ConsoleInput : IDisposable
{
    /// <summary>How long the machine may take to switch itself off when it is asked to.</summary>
    private static readonly TimeSpan QuitDeadline = TimeSpan.FromSeconds(3);

    /// <summary>How long a line that is shown bare stays unfinished before it is taken for a prompt.</summary>
    private static readonly TimeSpan BareLineWait = TimeSpan.FromSeconds(0.5);

    private readonly Terminal _terminal;
    private readonly bool _isBare;
    private readonly RawTerminal? _raw;
    private readonly QuitKeys _keys = new(QuitDeadline);
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    /// <summary>Takes the keyboard, if standard input is one. Do it before the machine starts, lest a key be taken by the terminal.</summary>
    /// <param name="terminal">Where it says what the keys are.</param>
    /// <param name="isBare">Whether one VM is shown bare.</param>
    internal ConsoleInput(Terminal terminal, bool isBare)
    {
        _terminal = terminal;
        _isBare = isBare;
        _raw = Console.IsInputRedirected ? null : RawTerminal.Enter();
        if (_raw is not null)
            terminal.Note("the keyboard is the VMs'; Ctrl-] h: help, Ctrl-] q: quit");
    }

    /// <summary>Whether the user ended the emulator by key.</summary>
    internal bool HasQuit { get; private set; }

    /// <summary>Begins to bring input to the machine.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="quiet">A machine that is up and has printed nothing for so long is taken to wait for input.</param>
    /// <param name="quit">Cancelled when the user ends the emulator by key.</param>
    internal void Attach(EmulatedMachine machine, TimeSpan quiet, CancellationTokenSource quit) =>
        // A thread of its own, in the background: a read of standard input cannot be cancelled.
        new Thread(() => Pump(machine, quiet, quit)) { IsBackground = true, Name = "input" }.Start();

    public void Dispose() => _raw?.Dispose();

    private void Pump(EmulatedMachine machine, TimeSpan quiet, CancellationTokenSource quit)
    {
        try
        {
            if (_raw is null)
                WaitForReaderAsync(machine, quiet, quit.Token).ContinueWith(_ => { }, TaskScheduler.Default).Wait();
            // Not Console's stream, which at a terminal edits and gives whole lines.
            using var input = new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);
            byte[] bytes = new byte[256];
            for (int count; (count = input.Read(bytes)) != 0;)
            {
                ReadOnlySpan<byte> typed = bytes.AsSpan(0, count);
                if (_raw is null)
                    SendAll(machine, typed);
                else if (!TrySendKeys(machine, typed, quit))
                    return;
            }
        }
        catch (Exception exception) when (exception is ObjectDisposedException or IOException)
        {
            // The session is over.
        }
    }

    /// <summary>What is piped is the guest's, whatever it holds: the hypervisor's own key is doubled, which makes it one of the guest's.</summary>
    private static void SendAll(EmulatedMachine machine, ReadOnlySpan<byte> bytes)
    {
        for (int key; (key = bytes.IndexOf(QuitKeys.HostKey)) >= 0; bytes = bytes[(key + 1)..])
        {
            machine.Send(bytes[..(key + 1)]);
            machine.Send([QuitKeys.HostKey]);
        }

        machine.Send(bytes);
    }

    private bool TrySendKeys(EmulatedMachine machine, ReadOnlySpan<byte> typed, CancellationTokenSource quit)
    {
        QuitKeys.Wish wish = _keys.Watch(typed, _clock.Elapsed);
        if (wish == QuitKeys.Wish.EndEmulator)
        {
            HasQuit = true;
            quit.Cancel();
            return false;
        }

        machine.Send(typed);
        if (wish == QuitKeys.Wish.SwitchOff)
            _ = HintWhenStillThereAsync(machine);
        return true;
    }

    private async Task HintWhenStillThereAsync(EmulatedMachine machine)
    {
        if (await Task.WhenAny(machine.End, Task.Delay(QuitDeadline)) != machine.End)
            _terminal.Note("the machine has not switched itself off; Ctrl-] q once more ends the emulator");
    }

    /// <summary>
    /// Firmware would take piped input for keys of its menu, and a kernel's serial driver throws away what came before it. So it waits for
    /// a prompt: a line that a VM has begun and not ended, which the hypervisor shows only when it has waited, and which has waited here if the VM is shown bare.
    /// </summary>
    private async Task WaitForReaderAsync(EmulatedMachine machine, TimeSpan quiet, CancellationToken over)
    {
        await machine.SerialLog.WaitForAsync(LogLine.HypervisorMark, 0, over);
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(over);
        int seen;
        do
        {
            seen = machine.SerialLog.Length;
            bool isPrompt = LogLine.IsPrompt(machine.Log, _isBare);
            if (isPrompt && !_isBare)
                return;
            timer.CancelAfter(isPrompt ? BareLineWait : quiet);
        }
        while (await machine.SerialLog.WaitForMoreAsync(seen, timer.Token));
    }
}
