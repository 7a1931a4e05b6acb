using System.Collections.Generic;
using System.Text;
using System.Text.RegularExpressions;

namespace Lamina.Host.Tests;

/// <summary>What a ring holds, as text.</summary>
internal static class ByteRingExtensions
{
    /// <summary>Takes at most <paramref name="most"/> bytes of UTF-8, which is checked. Lines end in LF here; in the ring each is to end in CR LF.</summary>
    public static string TakeText(this ByteRing ring, int most = int.MaxValue)
    {
        var bytes = new List<byte>();
        while (bytes.Count < most && ring.TryRead(out byte value))
            bytes.Add(value);
        string text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString([.. bytes]);
        Regex.IsMatch(text, @"[^\r]\n").Should().BeFalse("a terminal wants a carriage return before each line feed");
        return text.Replace("\r\n", "\n");
    }
}
