using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Lamina.ImageBuilder;

/// <summary>The linker's map: which symbol lies where.</summary>
public sealed class LinkMap
{
    /// <summary>The section in which all code is: the first.</summary>
    private const int CodeSection = 1;

    private LinkMap(IReadOnlyList<LinkSymbol> symbols) => Symbols = symbols;

    /// <summary>Every symbol of the image, by address; of those at one address, the order is the map's.</summary>
    public IReadOnlyList<LinkSymbol> Symbols { get; }

    /// <summary>One symbol for each address in the code.</summary>
    public IEnumerable<LinkSymbol> Functions => Symbols.Where(symbol => symbol.Section == CodeSection).DistinctBy(symbol => symbol.Rva);

    /// <summary>The symbol of that name.</summary>
    /// <exception cref="BuildException">There is none.</exception>
    public LinkSymbol Find(string name) =>
        Symbols.FirstOrDefault(symbol => symbol.Name == name) ?? throw new BuildException($"the image has no symbol '{name}'");

    /// <summary>Reads a map as lld-link writes it.</summary>
    public static LinkMap Parse(IEnumerable<string> lines)
    {
        ulong imageBase = 0;
        var symbols = new List<LinkSymbol>();
        foreach (string line in lines)
        {
            const string Preferred = " Preferred load address is ";
            if (line.StartsWith(Preferred, StringComparison.Ordinal))
                imageBase = Hexadecimal(line[Preferred.Length..]);

            // " 0001:00000020       BlockMove                  ffffffff80001020     Blocks.obj": 0000 is absolute, and no address.
            // A local label of assembly is part of its function: PARENT.LABEL. Lines about sections look alike, but for the address of 16 digits.
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 4 && words[0].Length == 13 && words[2].Length == 16 && Hexadecimal(words[0][..4]) is var section and not 0
                && (words[3] == Ilc.ObjectName || !words[1].Contains('.', StringComparison.Ordinal)))
                symbols.Add(new LinkSymbol(words[1], (int)section, (uint)(Hexadecimal(words[2]) - imageBase), words[3]));
        }

        return new LinkMap([.. symbols.OrderBy(symbol => symbol.Rva)]);
    }

    private static ulong Hexadecimal(string text) => ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
