using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using Lamina.QemuHarness;

namespace Lamina.Cli.Running;

/// <summary>One machine from its start to its end, between the terminal, the log file and the exit code.</summary>
internal sealed class RunSession(Terminal terminal)
{
    /// <summary>How long the line in which the text appeared may take to end.</summary>
    private static readonly TimeSpan LineDeadline = TimeSpan.FromSeconds(1);

    /// <summary>How long a machine that works prints nothing, at most. Bochs takes half a minute for what a Debian kernel does between two of its lines.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan QuietInBochs = TimeSpan.FromMinutes(2);

    /// <summary>The text that ends the session with success.</summary>
    internal string? Until { get; init; }

    /// <summary>From the emulator's start.</summary>
    internal TimeSpan Timeout { get; init; } = System.Threading.Timeout.InfiniteTimeSpan;

    /// <summary>Whether standard input is left alone.</summary>
    internal bool IsHeadless { get; init; }

    /// <summary>Where all is kept that was printed.</summary>
    internal string? LogFile { get; init; }

    /// <summary>The VMs' names, in the manifest's order.</summary>
    internal IReadOnlyList<string> Vms { get; init; } = [];

    /// <summary>Whether one VM is shown bare, not all line by line.</summary>
    internal bool IsBare { get; init; }

    /// <summary>Whether the emulator's command line is said.</summary>
    internal bool IsVerbose { get; init; }

    /// <returns>The exit code.</returns>
    internal async Task<int> RunAsync(MachineOptions options, CancellationToken cancellation)
    {
        using var quit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        // A closed terminal; SIGINT and SIGTERM cancel already.
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            quit.Cancel();
        });
        using var output = new RunOutput(LogFile, Terminal.HasColours ? new LogPainter(Vms) : null, onBroken: quit.Cancel);
        using ConsoleInput? input = IsHeadless ? null : new ConsoleInput(terminal, IsBare);
        using EmulatedMachine machine = EmulatedMachine.Start(options, output.Write);
        if (IsVerbose)
            terminal.Note(machine.CommandLine);
        using var timer = new CancellationTokenSource(Timeout);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(quit.Token, timer.Token);
        input?.Attach(machine, options.Emulator == Emulator.Bochs ? QuietInBochs : Quiet, quit);
        try
        {
            return await FollowAsync(machine, over.Token);
        }
        catch (OperationCanceledException)
        {
            machine.Stop();
            await machine.End;
            output.EndLine();
            if (timer.IsCancellationRequested)
                terminal.Error($"{(Until is null ? "the machine had not powered off" : $"'{Until}' had not appeared")} when {Timeout.TotalSeconds:0} s were over");
            bool wasAsked = input is { HasQuit: true };
            return wasAsked && Until is null ? ExitCode.Success : ExitCode.Failed;
        }
    }

    private async Task<int> FollowAsync(EmulatedMachine machine, CancellationToken over)
    {
        if (Until is null)
            return Judge(machine, await machine.End.WaitAsync(over));
        int found = await machine.SerialLog.WaitForAsync(Until, 0, over);
        if (found < 0)
        {
            MachineEnd end = await machine.End;
            terminal.Error($"the machine ended before '{Until}' appeared");
            Judge(machine, end);
            return ExitCode.Failed;
        }

        using var lineTimer = new CancellationTokenSource(LineDeadline);
        try
        {
            await machine.SerialLog.WaitForAsync("\n", found, lineTimer.Token);
        }
        catch (OperationCanceledException)
        {
            // A prompt: its line does not end.
        }

        machine.Stop();
        await machine.End;
        return ExitCode.Success;
    }

    private int Judge(EmulatedMachine machine, MachineEnd end)
    {
        string? failure = end switch
        {
            MachineEnd.PoweredOff => null,
            MachineEnd.Reset => "the machine reset itself, as after a triple fault",
            MachineEnd.DebugExit when machine.DebugExitValue == DebugExit.Panic => "the hypervisor could not go on: the log says why",
            MachineEnd.DebugExit => $"the machine failed: it wrote 0x{machine.DebugExitValue:X} to its debug exit port",
            MachineEnd.Stopped => "the machine was stopped from outside",
            _ => $"the emulator ended with {machine.ExitCode}: {machine.EmulatorErrors.Trim()}",
        };
        if (failure is null)
            return ExitCode.Success;
        terminal.Error(failure);
        return ExitCode.Failed;
    }
}
