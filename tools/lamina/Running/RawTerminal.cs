using System;
using System.Diagnostics;

namespace Lamina.Cli.Running;

/// <summary>The user's terminal giving every key as it is pressed, Ctrl-C too; put back as it was when disposed.</summary>
internal sealed class RawTerminal : IDisposable
{
    private readonly string saved;

    private RawTerminal(string saved)
    {
        this.saved = saved;
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
    }

    /// <summary>Null if standard input is no terminal that can be set so.</summary>
    internal static RawTerminal? Enter()
    {
        string? saved = Stty("-g");
        if (saved is null)
            return null;
        var terminal = new RawTerminal(saved);
        Stty("-icanon", "-echo", "-isig", "-iexten", "-icrnl", "-ixon", "min", "1", "time", "0");
        return terminal;
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        Stty(saved);
    }

    private void OnProcessExit(object? sender, EventArgs arguments) => Stty(saved);

    /// <summary>stty works on its standard input, which is ours. Null if it fails.</summary>
    private static string? Stty(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("stty", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output.Trim() : null;
    }
}
