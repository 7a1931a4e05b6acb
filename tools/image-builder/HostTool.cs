using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading.Tasks;

namespace Lamina.ImageBuilder;

/// <summary>Runs a program of this computer to its end.</summary>
internal static class HostTool
{
    /// <summary>Its output, both streams, when it ended with 0.</summary>
    internal static string Run(string program, string workingDirectory, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Start(start);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        string all = output + errors.Result;
        return process.ExitCode == 0
            ? all
            : throw new BuildException($"{Path.GetFileName(program)} failed ({process.ExitCode}):\n{all.TrimEnd()}");
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new BuildException($"'{start.FileName}' is not on this computer; on Debian: apt-get install nasm lld");
        }
    }
}
