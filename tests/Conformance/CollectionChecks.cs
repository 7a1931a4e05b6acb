using System;
using System.Collections.Generic;

namespace Lamina.Conformance;

/// <summary>Arrays and lists.</summary>
internal static class CollectionChecks
{
    internal static void Run(Platform platform)
    {
        var list = new List<int>();
        for (int i = 0; i < 20; i++)
            list.Add(i * 3);
        list.Insert(5, -1);
        list.RemoveAt(0);
        platform.Line("removed", list.Remove(30));
        platform.Line("not there", list.Remove(31));
        int hash = 0;
        foreach (int value in list)
            hash = unchecked((hash * 31) + value);
        platform.Line("list", hash);
        platform.Line("count", list.Count);
        platform.Line("index", list.IndexOf(-1));
        platform.Line("contains", list.Contains(57));
        list.Clear();
        platform.Line("cleared", list.Count);

        var words = new List<string>(2) { "one", "two", "three" };
        words[1] = "deux";
        platform.Line("words", string.Concat(words.ToArray()));
        platform.Line("enumerated", Join(words));

        int[][] jagged = [[1], [2, 3], []];
        platform.Line("jagged", (jagged[1][1] * 10) + jagged[2].Length);
        Circle[] structs = new Circle[3];
        structs[1] = new Circle(2);
        platform.Line("structs", structs[1].Area + structs[2].Area);
        string[]? resized = ["a", "b"];
        Array.Resize(ref resized, 3);
        platform.Line("resized", resized.Length + (resized[2] == null ? 10 : 0));
        platform.Line("empty is one", ReferenceEquals(Array.Empty<int>(), Array.Empty<int>()));
    }

    private static string Join(IEnumerable<string> words)
    {
        string joined = "";
        foreach (string word in words)
            joined = string.Concat(joined, word, "/");
        return joined;
    }
}
