using System;
using System.Collections.Generic;
using System.Linq;

namespace Lamina.Manifests;

/// <summary>Finds the word that was meant.</summary>
internal static class Suggestion
{
    private const int MostEdits = 2;

    /// <summary>"; did you mean 'X'?", or nothing if no word is near.</summary>
    internal static string For(string written, IEnumerable<string> words)
    {
        string? nearest = words.Where(word => Distance(written, word) <= Math.Min(MostEdits, word.Length - 1))
            .MinBy(word => Distance(written, word));
        return nearest is null ? "" : $"; did you mean '{nearest}'?";
    }

    /// <summary>Levenshtein's distance, row by row, without regard to case.</summary>
    private static int Distance(string left, string right)
    {
        int[] above = Enumerable.Range(0, right.Length + 1).ToArray();
        for (int i = 0; i < left.Length; i++)
        {
            int[] row = new int[right.Length + 1];
            row[0] = i + 1;
            for (int j = 0; j < right.Length; j++)
            {
                int change = char.ToLowerInvariant(left[i]) == char.ToLowerInvariant(right[j]) ? 0 : 1;
                row[j + 1] = Math.Min(above[j] + change, Math.Min(above[j + 1], row[j]) + 1);
            }

            above = row;
        }

        return above[^1];
    }
}
