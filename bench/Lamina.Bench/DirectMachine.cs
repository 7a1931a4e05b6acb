using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Threading.Tasks;

namespace Lamina.Bench;

/// <summary>The emulator with no hypervisor, counting instructions: the limit that nothing can be better than.</summary>
public static class DirectMachine
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);

    /// <summary>Runs a guest to its power-off and returns what it printed.</summary>
    /// <exception cref="BenchException">It did not power off in time, or the emulator failed.</exception>
    public static string Run(BenchGuest guest)
    {
        List<string> arguments =
        [
            "-accel", "tcg", "-cpu", "EPYC", "-m", BenchGuest.MemoryMib.ToString(CultureInfo.InvariantCulture), "-nodefaults", "-no-user-config",
            "-display", "none", "-serial", "stdio", "-no-reboot",
            // One tick of the TSC is one instruction, and a run is the same again.
            "-icount", "shift=0,sleep=off", "-seed", "1", "-rtc", "base=2024-01-01T00:00:00,clock=vm",
            "-kernel", guest.Kernel, "-append", guest.CommandLine,
        ];
        if (guest.Initrd != null)
            arguments.AddRange(["-initrd", guest.Initrd]);
        var start = new ProcessStartInfo("qemu-system-x86_64", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process emulator = Process.Start(start)!;
        emulator.StandardInput.Close();
        Task<string> errors = emulator.StandardError.ReadToEndAsync();
        Task<string> log = emulator.StandardOutput.ReadToEndAsync();
        if (!emulator.WaitForExit(Timeout))
        {
            emulator.Kill();
            throw new BenchException($"{guest.Name} did not power off within {Timeout.TotalMinutes} minutes on the emulator alone.");
        }
        if (emulator.ExitCode != 0)
            throw new BenchException($"the emulator failed with {emulator.ExitCode}: {errors.Result.Trim()}");
        return log.Result;
    }
}
