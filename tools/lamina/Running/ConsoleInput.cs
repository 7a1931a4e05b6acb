using System;
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
    private const byte QuitKey = 0x1D;

    private readonly RawTerminal? _raw;

    /// <summary>Takes the keyboard, if standard input is one. Do it before the machine starts, lest a key be taken by the terminal.</summary>
    internal ConsoleInput(Terminal terminal)
    {
        _raw = Console.IsInputRedirected ? null : RawTerminal.Enter();
        if (_raw is not null)
            terminal.Note("the keyboard is the guest's; Ctrl-] quits");
    }

    /// <summary>Whether the user quit by key.</summary>
    internal bool HasQuit { get; private set; }

    /// <summary>Begins to bring input to the machine.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="quiet">A machine that is up and has printed nothing for so long is taken to wait for input.</param>
    /// <param name="quit">Cancelled when the user quits by key.</param>
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
                int key = _raw is null ? -1 : typed.IndexOf(QuitKey);
                machine.Send(key < 0 ? typed : typed[..key]);
                if (key < 0)
                    continue;
                HasQuit = true;
                quit.Cancel();
                return;
            }
        }
        catch (Exception exception) when (exception is ObjectDisposedException or IOException)
        {
            // The session is over.
        }
    }

    /// <summary>
    /// Firmware would take piped input for keys of its menu, and a kernel's serial driver throws away what came before it. So it waits for
    /// a prompt: a line that a VM has begun and not ended, which the hypervisor shows only when it has waited.
    /// </summary>
    private static async Task WaitForReaderAsync(EmulatedMachine machine, TimeSpan quiet, CancellationToken over)
    {
        await machine.SerialLog.WaitForAsync(LogLine.HypervisorMark, 0, over);
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(over);
        int seen;
        do
        {
            seen = machine.SerialLog.Length;
            if (LogLine.IsPrompt(machine.Log))
                return;
            timer.CancelAfter(quiet);
        }
        while (await machine.SerialLog.WaitForMoreAsync(seen, timer.Token));
    }
}
