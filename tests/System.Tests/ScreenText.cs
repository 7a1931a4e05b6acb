using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Lamina.Host;

namespace Lamina.SystemTests;

/// <summary>Reads what the hypervisor has drawn on a screen, from a picture of it: the font is known, so each cell is one of its characters or is not.</summary>
internal static class ScreenText
{
    private const int BytesPerPixel = 3;

    /// <summary>The lines on the screen, without the spaces at their ends. What is no character of the font is a question mark.</summary>
    /// <param name="picture">A PPM (P6) with a byte for each of red, green and blue.</param>
    internal static string[] Read(byte[] picture)
    {
        int at = 0;
        if (Word(picture, ref at) != "P6")
            throw new InvalidDataException("the picture is no PPM");
        int width = int.Parse(Word(picture, ref at)), height = int.Parse(Word(picture, ref at));
        Word(picture, ref at);
        Dictionary<string, char> font = Enumerable.Range(ScreenFont.First, ScreenFont.Last - ScreenFont.First + 1)
            .ToDictionary(code => Shape((x, y) => (ScreenFont.Row((byte)code, y) >> x & 1) != 0), code => (char)code);
        return
        [
            .. Enumerable.Range(0, height / ScreenFont.CellHeight).Select(row => string.Concat(
                Enumerable.Range(0, width / ScreenFont.CellWidth).Select(column => font.GetValueOrDefault(
                    Shape((x, y) => picture[at + ((((row * ScreenFont.CellHeight) + y) * width) + (column * ScreenFont.CellWidth) + x) * BytesPerPixel] != 0), '?')))
                .TrimEnd()),
        ];
    }

    private static string Shape(Func<int, int, bool> isSet)
    {
        var shape = new StringBuilder();
        for (int y = 0; y < ScreenFont.CellHeight; y++)
        {
            for (int x = 0; x < ScreenFont.CellWidth; x++)
                shape.Append(isSet(x, y) ? '#' : ' ');
        }

        return shape.ToString();
    }

    private static string Word(byte[] picture, ref int at)
    {
        int start = at;
        while (!char.IsWhiteSpace((char)picture[at]))
            at++;
        return Encoding.ASCII.GetString(picture, start, at++ - start);
    }
}
