using System;
using System.Linq;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Lamina.Cli.Running;

namespace Lamina.Cli.Tests;

public class LogPainterTests
{
    private static LogPainter NewPainter() => new(["net", "desktop", "apps"]);

    private static string Plain(string painted) => Regex.Replace(painted, "\u001b\\[[0-9;]*m", "");

    /// <summary>The sequence before a text.</summary>
    private static string ColourOf(string painted, string text) => Regex.Match(painted, "(\u001b\\[[0-9;]*m)" + Regex.Escape(text)).Groups[1].Value;

    [Fact]
    public void Each_VM_has_a_colour_of_its_own_and_its_text_none()
    {
        string painted = NewPainter().Paint("net| a\r\ndesktop| b\r\nnet| c\r\n[lamina] d\r\n");
        string[] colours = [ColourOf(painted, "net| "), ColourOf(painted, "desktop| "), ColourOf(painted, "[lamina] ")];
        colours.Should().OnlyHaveUniqueItems().And.NotContain("");
        painted.Should().Contain($"{colours[0]}net| \u001b[0ma\r\n").And.Contain($"{colours[0]}net| \u001b[0mc\r\n");
    }

    [Fact]
    public void Errors_are_red_to_their_end()
    {
        string painted = NewPainter().Paint("[lamina] error: net: triple fault\r\n[lamina] net: ended\r\n[lamina] warning: w\r\n");
        string red = ColourOf(painted, "[lamina] error: ");
        painted.Should().StartWith($"{red}[lamina] error: net: triple fault\u001b[0m\r\n");
        new[] { red, ColourOf(painted, "[lamina] warning: "), ColourOf(painted, "[lamina] \u001b[0mnet") }.Should().OnlyHaveUniqueItems().And.NotContain("");
    }

    [Theory]
    [InlineData("nets| a\n")]
    [InlineData("x net| a\n")]
    [InlineData("\u001b[1mnet| a\r\n")]
    [InlineData("de\b \b[2J")]
    public void What_begins_with_no_mark_is_left_as_it_is(string text) => NewPainter().Paint(text).Should().Be(text);

    [Fact]
    public void Nothing_is_held_back_and_a_mark_in_pieces_is_written_over_itself()
    {
        LogPainter painter = NewPainter();
        painter.Paint("de").Should().Be("de");
        Plain(painter.Paint("sktop| hello")).Should().Be("\rdesktop| hello");
        painter.Paint(" there\n").Should().Be(" there\n");
        Plain(painter.Paint("[lamina] ")).Should().Be("[lamina] ");
        painter.Paint("err").Should().Be("err");
        Plain(painter.Paint("or: no")).Should().Be("\r[lamina] error: no");
        painter.Paint("\n").Should().Be("\u001b[0m\n");
    }

    /// <summary>However it comes in pieces: on the screen, where a carriage return begins the line anew, the same text stands.</summary>
    [Fact]
    public void The_screen_shows_the_same_text()
    {
        var piece = Gen.OneOf(
            Gen.Elements("net| ", "desktop| ", "apps|", "[lamina] ", "[lamina] error: ", "warning: ", "\r\n", "\n", "x", "[", "n", "d"));
        Prop.ForAll(piece.ListOf().ToArbitrary(), Gen.Choose(1, 9).ArrayOf().ToArbitrary(), (pieces, cuts) =>
        {
            string text = string.Concat(pieces);
            LogPainter painter = NewPainter();
            string painted = "";
            for (int at = 0, cut = 0; at < text.Length; cut++)
            {
                int count = cuts.Length == 0 ? text.Length : Math.Min(cuts[cut % cuts.Length], text.Length - at);
                painted += painter.Paint(text.Substring(at, count));
                at += count;
            }

            return Screen(Plain(painted)) == Screen(text);
        }).QuickCheckThrowOnFailure();
    }

    private static string Screen(string text) => string.Join('\n', text.Split('\n').Select(line =>
    {
        char[] row = new char[line.Length];
        int column = 0, width = 0;
        foreach (char letter in line)
        {
            if (letter == '\r')
            {
                column = 0;
                continue;
            }

            row[column++] = letter;
            width = Math.Max(width, column);
        }

        return new string(row, 0, width);
    }));
}
