using System;

namespace Lamina.Auditor;

/// <summary>Names with * for anything.</summary>
internal static class Pattern
{
    internal static bool Matches(string pattern, string name)
    {
        int star = pattern.IndexOf('*', StringComparison.Ordinal);
        if (star < 0)
            return pattern == name;
        if (!name.StartsWith(pattern[..star], StringComparison.Ordinal))
            return false;
        string rest = pattern[(star + 1)..];
        for (int i = star; i <= name.Length; i++)
        {
            if (Matches(rest, name[i..]))
                return true;
        }

        return false;
    }
}
