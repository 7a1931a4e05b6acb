using System;

namespace Lamina.Cli;

/// <summary>Ends the command with a message for the person at the terminal and an <see cref="ExitCode"/>.</summary>
internal sealed class CliException(int exitCode, string message) : Exception(message)
{
    internal int ExitCode { get; } = exitCode;
}
