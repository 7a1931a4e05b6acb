using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Threading.Tasks;

namespace Lamina.Cli.Tests;

/// <summary>Runs the program as a shell would, its three streams piped.</summary>
internal static class CommandLine
{
    internal sealed record Result(int ExitCode, string Output, string Errors);

    internal static async Task<Result> RunAsync(string input, params IEnumerable<string> arguments)
    {
        using Process process = Start(arguments);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new Result(process.ExitCode, await output, errors);
    }

    internal static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "lamina.dll");

    // Whoever runs the tests under nohup hands down that SIGHUP is ignored, and a program that finds it so leaves it so.
    internal static Process Start(IEnumerable<string> arguments) => StartProgram("env", ["--default-signal=HUP", "dotnet", Program, .. arguments]);

    internal static Process StartProgram(string program, IEnumerable<string> arguments) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
    })!;
}
