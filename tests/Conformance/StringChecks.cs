using System;

namespace Lamina.Conformance;

/// <summary>Strings and numbers as text.</summary>
internal static class StringChecks
{
    internal static void Run(Platform platform)
    {
        string hello = Opaque.Of("hello");
        platform.Line("concat", hello + ", " + "world" + (hello.Length + 1).ToString());
        platform.Line("indexer", hello[1].ToString() + hello[4]);
        platform.Line("equality", hello == string.Concat("hel", "lo"));
        platform.Line("inequality", hello != Opaque.Of("hellO"));
        platform.Line("null and empty", string.IsNullOrEmpty(Opaque.Of<string?>(null)) && string.IsNullOrEmpty(Opaque.Of("")));
        platform.Line("constructors", new string('x', 3) + new string("abcdef".AsSpan(2, 2)) + new string(['y', 'z']));
        platform.Line("substring", hello.Substring(1, 3) + hello[3..]);
        platform.Line("ordinal", Math.Sign(string.CompareOrdinal("abc", "abd")) + Math.Sign(string.CompareOrdinal("b", "abd")));
        platform.Line("index of", hello.IndexOf('l'));
        int vowels = 0;
        foreach (char c in hello)
            vowels += c is 'a' or 'e' or 'i' or 'o' or 'u' ? 1 : 0;
        platform.Line("foreach", vowels);
        foreach (string word in (string[])["", "red", "green", "blue", "cyan", "magenta", "yellow", "black", "Red"])
            platform.Line(word, Colour(word));

        foreach (long value in (long[])[0, 9, -1, 10, 12345, long.MaxValue, long.MinValue])
            platform.Line(value.ToString(), value.ToString("X") + " " + ((int)value).ToString("x8") + " " + ((uint)value).ToString());
        platform.Line("small types", ((byte)200).ToString() + ((sbyte)-5).ToString("x") + ((short)-2).ToString("X4") + ulong.MaxValue.ToString() + 'c'.ToString() + true.ToString());
        platform.Line("padded", 42.ToString("D5") + (-42).ToString("D4"));
        platform.Line("ascii", char.IsAsciiDigit('7') && char.IsAsciiLetter('q') && !char.IsAsciiHexDigit('g'));
    }

    // Enough cases that the compiler hashes.
    private static int Colour(string word) => word switch
    {
        "red" => 1,
        "green" => 2,
        "blue" => 3,
        "cyan" => 4,
        "magenta" => 5,
        "yellow" => 6,
        "black" => 7,
        "" => 8,
        _ => -1,
    };
}
