using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Lamina.Cli;

/// <summary>Runs a program of the host.</summary>
internal static class HostProcess
{
    /// <summary>Runs to its end with this process's own terminal.</summary>
    /// <returns>The exit code.</returns>
    internal static int RunAttached(string program, IReadOnlyList<string> arguments)
    {
        using Process process = Start(new ProcessStartInfo(program, arguments));
        process.WaitForExit();
        return process.ExitCode;
    }

    /// <summary>Runs to its end and takes what it prints, standard error included.</summary>
    internal static (int ExitCode, string Output) Run(string program, IReadOnlyList<string> arguments, string? directory = null)
    {
        using Process process = Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = directory ?? "",
        });
        process.StandardInput.Close();
        var output = new StringBuilder();
        process.OutputDataReceived += (_, line) => Append(output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(output, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.WaitForExit();
        return (process.ExitCode, output.ToString());
    }

    private static void Append(StringBuilder output, string? line)
    {
        lock (output)
        {
            if (line is not null)
                output.AppendLine(line);
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new CliException(ExitCode.Tool, $"{start.FileName} cannot be started: {exception.Message}");
        }
    }
}
