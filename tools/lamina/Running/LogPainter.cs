using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Spectre.Console;

namespace Lamina.Cli.Running;

/// <summary>
/// Colours for a terminal: the name that a VM's line begins with in the VM's own, the hypervisor's lines by how much they matter. What comes is shown at once, never
/// held back for its colour: a mark that came in two pieces is written once more over itself. A line that begins with no mark is left as it is, so what one VM prints
/// bare passes unchanged.
/// </summary>
internal sealed class LogPainter
{
    /// <summary>As different as a terminal's sixteen colours allow, and none of them the hypervisor's.</summary>
    private static readonly Color[] s_vmColours = [Color.Green, Color.Aqua, Color.Fuchsia, Color.Blue, Color.Lime, Color.Teal, Color.Purple, Color.Olive];

    private readonly List<Mark> _marks = [];

    // What the line begins with, as long as it may become a mark; null behind that.
    private StringBuilder? _head = new();

    // How much of the head is on the screen already.
    private int _shown;

    // What ends the colour of this line.
    private string _lineEnd = "";

    /// <param name="vms">The VMs' names, in the manifest's order: each always has the same colour.</param>
    internal LogPainter(IEnumerable<string> vms)
    {
        Add(LogLine.HypervisorMark, new Style(Color.Grey, decoration: Decoration.Bold), false);
        Add(LogLine.HypervisorMark + "warning: ", new Style(Color.Yellow), true);
        Add(LogLine.HypervisorMark + "error: ", new Style(Color.Red), true);
        foreach ((int index, string name) in vms.Index())
            Add(name + LogLine.VmMark, new Style(s_vmColours[index % s_vmColours.Length]), false);
    }

    /// <summary>The same text with colours.</summary>
    internal string Paint(string text)
    {
        var painted = new StringBuilder();
        foreach (char letter in text)
        {
            if (_head is null)
            {
                PaintLetter(painted, letter);
                continue;
            }

            _head.Append(letter);
            string head = _head.ToString();
            if (_marks.Exists(mark => mark.Text.StartsWith(head, StringComparison.Ordinal)))
                continue;
            _head.Length--;
            ShowHead(painted);
            _head = null;
            PaintLetter(painted, letter);
        }

        if (_head is { Length: > 0 })
            ShowHead(painted);
        return painted.ToString();
    }

    private void PaintLetter(StringBuilder painted, char letter)
    {
        if (letter == '\r' || letter == '\n')
        {
            painted.Append(_lineEnd);
            _lineEnd = "";
        }

        painted.Append(letter);
        if (letter != '\n')
            return;
        _head = new StringBuilder();
        _shown = 0;
    }

    private void ShowHead(StringBuilder painted)
    {
        string head = _head!.ToString();
        if (_shown == head.Length)
            return;
        Mark? mark = _marks.Where(each => head.StartsWith(each.Text, StringComparison.Ordinal)).MaxBy(each => each.Text.Length);
        if (mark is null || mark.Text.Length <= _shown)
        {
            painted.Append(head, _shown, head.Length - _shown);
        }
        else
        {
            painted.Append(_lineEnd).Append(_shown == 0 ? "" : "\r").Append(mark.Begin).Append(mark.Text);
            _lineEnd = mark.IsWholeLine ? mark.End : "";
            painted.Append(mark.IsWholeLine ? "" : mark.End).Append(head, mark.Text.Length, head.Length - mark.Text.Length);
        }

        _shown = head.Length;
    }

    private void Add(string text, Style style, bool isWholeLine)
    {
        const string inside = "x";
        var written = new StringWriter();
        AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.Standard,
            Out = new AnsiConsoleOutput(written),
        }).Write(new Text(inside, style));
        string[] around = written.ToString().Split(inside);
        _marks.Add(new Mark(text, around[0], around[1], isWholeLine));
    }

    /// <param name="Text">What a line begins with.</param>
    /// <param name="Begin">The sequence that begins its colour.</param>
    /// <param name="End">The one that ends it.</param>
    /// <param name="IsWholeLine">Whether all of the line is in that colour.</param>
    private sealed record Mark(string Text, string Begin, string End, bool IsWholeLine);
}
