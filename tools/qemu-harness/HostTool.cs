using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.Threading.Tasks;

namespace Lamina.QemuHarness;

/// <summary>Runs a tool that makes a boot medium.</summary>
internal static class HostTool
{
    /// <summary>What a medium says of when it was made, so that it is the same whenever that is: 2024-01-01T00:00:00Z.</summary>
    private const string FixedTime = "1704067200";

    /// <summary>Runs <paramref name="tool"/> to its end, with <paramref name="input"/> as its standard input.</summary>
    /// <exception cref="HarnessException">It is missing or failed.</exception>
    internal static void Run(string tool, IReadOnlyList<string> arguments, string input = "")
    {
        var start = new ProcessStartInfo(tool, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["MTOOLS_SKIP_CHECK"] = "1";
        start.Environment["SOURCE_DATE_EPOCH"] = FixedTime;
        start.Environment["TZ"] = "UTC";
        using Process process = Start(start);
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new HarnessException($"{tool} failed with {process.ExitCode}: {errors.Trim()} {output.Result.Trim()}");
    }

    /// <exception cref="HarnessException">It is not installed.</exception>
    internal static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new HarnessException($"{start.FileName} cannot be started ({exception.Message}): it comes from Debian's packages, which './build.sh run' installs");
        }
    }
}
