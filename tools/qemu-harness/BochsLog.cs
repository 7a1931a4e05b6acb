using System;
using System.Text.RegularExpressions;

namespace Lamina.QemuHarness;

/// <summary>
/// What Bochs 2.7 itself says on its standard output and error, and what follows from it for the machine's end: its exit code is always 1. The configuration
/// lets it say its resets and its last words alone.
/// </summary>
internal sealed partial class BochsLog
{
    private const string ResetMark = "bx_pc_system_c::Reset(";
    private const string PanicMark = ">>PANIC<< ";
    private const string SoftOff = "ACPI control: soft power off";
    private const string ShutdownPort = "Shutdown port: shutdown requested";
    private const string TripleFault = "exception with no resolution";

    /// <summary>It complains once for each complaint that it has no window to show it in.</summary>
    private const string UserInterface = "no bxevent_callback function";

    private bool _isPoweredOn;
    private string? _lastWords;

    /// <summary>Whether the machine was reset since its power-on. Bochs then goes on and boots it anew.</summary>
    internal bool WasReset { get; private set; }

    /// <summary>The value that the machine wrote to its debug exit; null if none.</summary>
    internal int? DebugExitValue { get; private set; }

    /// <summary>How the machine ended. One that ended by the shutdown port is told by <see cref="DebugExitValue"/>.</summary>
    internal MachineEnd End => _lastWords switch
    {
        _ when WasReset => MachineEnd.Reset,
        SoftOff => MachineEnd.PoweredOff,
        ShutdownPort => DebugExitValue == DebugExit.Success ? MachineEnd.PoweredOff : MachineEnd.DebugExit,
        { } words when words.EndsWith(TripleFault, StringComparison.Ordinal) => MachineEnd.Reset,
        _ => MachineEnd.EmulatorFailed,
    };

    /// <summary>Takes a line.</summary>
    /// <returns>Whether it is a complaint.</returns>
    internal bool Take(string line)
    {
        // What the machine wrote to port 0xE9 goes out as it is, and then comes where the debugger stopped: the CPU, the ticks, the address.
        if (ValueLine().Match(line) is { Success: true } match)
            DebugExitValue = match.Groups[1].Value[0];
        int panic = line.IndexOf(PanicMark, StringComparison.Ordinal);
        if (panic >= 0)
            _lastWords ??= line[(panic + PanicMark.Length)..];
        if (line.Contains(ResetMark))
        {
            // Power-on is the first one, and there may be one more when it ends.
            WasReset |= _isPoweredOn && _lastWords is null;
            _isPoweredOn = true;
        }

        return ComplaintLine().IsMatch(line) && !line.Contains(UserInterface);
    }

    /// <summary>An error or a panic in the log, which begins with the time and the level; or what the shell or the loader says when the program does not start.</summary>
    [GeneratedRegex(@"^(\d+[ep]\[|\S*bochs\S*: )")]
    private static partial Regex ComplaintLine();

    [GeneratedRegex(@"^(.)\(\d+\)\.\[\d+\]")]
    private static partial Regex ValueLine();
}
