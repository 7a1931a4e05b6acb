using System;

namespace Lamina.Cli.Running;

/// <summary>The forms of a line in the log.</summary>
internal static class LogLine
{
    internal const string HypervisorMark = "[lamina] ";
    private const string VmMark = "| ";

    /// <summary>Whether the log ends in a line that a VM has begun and not ended.</summary>
    internal static bool IsPrompt(string log)
    {
        ReadOnlySpan<char> line = log.AsSpan(log.LastIndexOf('\n') + 1);
        int mark = line.IndexOf(VmMark, StringComparison.Ordinal);
        return mark > 0 && line[0] != '[' && mark + VmMark.Length < line.Length;
    }
}
