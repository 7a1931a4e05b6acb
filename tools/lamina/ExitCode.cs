namespace Lamina.Cli;

/// <summary>What the command line's exit codes mean.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    internal const int Success = 0;

    /// <summary>The text was not reached, the machine failed, or tests did.</summary>
    internal const int Failed = 1;

    /// <summary>The command line or a manifest is wrong.</summary>
    internal const int Usage = 2;

    /// <summary>A build failed, or a tool did or is missing.</summary>
    internal const int Tool = 3;
}
