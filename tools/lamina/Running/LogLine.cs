using System;

namespace Lamina.Cli.Running;

/// <summary>The forms of a line in the log.</summary>
internal static class LogLine
{
    internal const string HypervisorMark = "[lamina] ";
    internal const string VmMark = "| ";

    /// <summary>Whether the log ends in a line that a VM has begun and not ended.</summary>
    /// <param name="log">What was printed.</param>
    /// <param name="isBare">Whether one VM is shown bare, and its lines have no mark.</param>
    internal static bool IsPrompt(string log, bool isBare)
    {
        ReadOnlySpan<char> line = log.AsSpan(log.LastIndexOf('\n') + 1);
        if (isBare)
            return line.Length != 0 && line[0] != '[';
        int mark = line.IndexOf(VmMark, StringComparison.Ordinal);
        return mark > 0 && line[0] != '[' && mark + VmMark.Length < line.Length;
    }
}
