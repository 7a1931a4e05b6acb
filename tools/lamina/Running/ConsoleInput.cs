using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Lamina.QemuHarness;

namespace Lamina.Cli.Running;

/// <summary>
/// Brings standard input to the machine: every key of a terminal as it is pressed, or what is piped once somebody is there to read it.
/// </summary>
internal sealed class ConsoleInput : IDisposable
{
    private const byte QuitKey = 0x1D;

    /// <summary>A machine that is up and has printed nothing for so long is taken to wait for input.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);

    private readonly QemuMachine machine;
    private readonly CancellationTokenSource quit;
    private readonly RawTerminal? raw;

    private ConsoleInput(QemuMachine machine, CancellationTokenSource quit, RawTerminal? raw)
    {
        this.machine = machine;
        this.quit = quit;
        this.raw = raw;
    }

    /// <summary>Whether the user quit by key.</summary>
    internal bool HasQuit { get; private set; }

    internal static ConsoleInput Attach(QemuMachine machine, Terminal terminal, CancellationTokenSource quit)
    {
        RawTerminal? raw = Console.IsInputRedirected ? null : RawTerminal.Enter();
        if (raw is not null)
            terminal.Note("the keyboard is the guest's; Ctrl-] quits");
        var input = new ConsoleInput(machine, quit, raw);
        // A thread of its own, in the background: a read of standard input cannot be cancelled.
        new Thread(input.Pump) { IsBackground = true, Name = "input" }.Start();
        return input;
    }

    public void Dispose() => raw?.Dispose();

    private void Pump()
    {
        try
        {
            if (raw is null)
                WaitForReaderAsync().ContinueWith(_ => { }, TaskScheduler.Default).Wait();
            using Stream input = Console.OpenStandardInput();
            byte[] bytes = new byte[256];
            for (int count; (count = input.Read(bytes)) != 0;)
            {
                ReadOnlySpan<byte> typed = bytes.AsSpan(0, count);
                int key = raw is null ? -1 : typed.IndexOf(QuitKey);
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
    private async Task WaitForReaderAsync()
    {
        await machine.SerialLog.WaitForAsync(LogLine.HypervisorMark, 0, quit.Token);
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(quit.Token);
        int seen;
        do
        {
            seen = machine.SerialLog.Length;
            if (LogLine.IsPrompt(machine.Log))
                return;
            timer.CancelAfter(Quiet);
        }
        while (await machine.SerialLog.WaitForMoreAsync(seen, timer.Token));
    }
}
