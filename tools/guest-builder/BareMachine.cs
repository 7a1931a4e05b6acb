using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Threading.Tasks;

namespace Lamina.GuestBuilder;

/// <summary>
/// The emulator with no hypervisor on it. It proves a test guest before that judges Lamina, and is the limit that no benchmark can be better than.
/// </summary>
public static class BareMachine
{
    /// <summary>Runs a guest to its power-off or reset and returns what it printed on its first serial port.</summary>
    /// <param name="kernel">A multiboot kernel, a bzImage, or an ELF with a PVH note.</param>
    /// <param name="initrd">Its initrd, if it has one.</param>
    /// <param name="commandLine">Its command line.</param>
    /// <param name="memoryMib">RAM in MiB.</param>
    /// <param name="countInstructions">One tick of the TSC is one instruction, and a run is the same again.</param>
    /// <param name="timeout">How long it may take.</param>
    /// <exception cref="GuestBuildException">It did not end in time, or the emulator failed.</exception>
    public static string Run(string kernel, string? initrd, string commandLine, int memoryMib, bool countInstructions, TimeSpan timeout)
    {
        List<string> arguments =
        [
            "-accel", "tcg", "-cpu", "EPYC", "-m", memoryMib.ToString(CultureInfo.InvariantCulture), "-nodefaults", "-no-user-config",
            "-display", "none", "-serial", "stdio", "-no-reboot", "-kernel", kernel, "-append", commandLine,
        ];
        if (initrd != null)
            arguments.AddRange(["-initrd", initrd]);
        if (countInstructions)
            arguments.AddRange(["-icount", "shift=0,sleep=off", "-seed", "1", "-rtc", "base=2024-01-01T00:00:00,clock=vm"]);
        using Process emulator = Start(arguments);
        emulator.StandardInput.Close();
        Task<string> errors = emulator.StandardError.ReadToEndAsync();
        Task<string> log = emulator.StandardOutput.ReadToEndAsync();
        if (!emulator.WaitForExit(timeout))
        {
            emulator.Kill();
            throw new GuestBuildException($"{kernel} did not end within {timeout.TotalSeconds} seconds on the emulator alone. It printed:\n{log.Result}");
        }
        if (emulator.ExitCode != 0)
            throw new GuestBuildException($"the emulator failed with {emulator.ExitCode}: {errors.Result.Trim()}");
        return log.Result;
    }

    private static Process Start(List<string> arguments)
    {
        var start = new ProcessStartInfo("qemu-system-x86_64", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new GuestBuildException("qemu-system-x86_64 is not installed; it comes from Debian's package qemu-system-x86.");
        }
    }
}
