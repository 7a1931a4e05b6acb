using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using Spectre.Console;

namespace Lamina.Cli.Testing;

/// <summary>
/// What came of the tests that run on several platforms: test × platform. A test says its platform by its first argument, a <c>Platform</c> of
/// tests/System.Tests.
/// </summary>
internal sealed partial class PlatformTable
{
    internal const string BlockBegin = "<!-- written by 'test --all' -->";
    internal const string BlockEnd = "<!-- end of what 'test --all' writes -->";

    private const string OnlyWithAll = "only with --all";
    private const string NotPossible = "not possible: ";

    /// <summary>The platforms by their names in the tests, and as people say them.</summary>
    private static readonly (string Name, string Title)[] s_platforms =
        [("AmdQemu", "AMD on QEMU"), ("AmdBochs", "AMD on Bochs"), ("IntelBochs", "Intel on Bochs")];

    private readonly List<string> _notes = [];
    private readonly List<string[]> _rows;

    internal PlatformTable(IEnumerable<TestResult> results)
    {
        var tests = from result in results
                    let match = PlatformTest().Match(result.Name)
                    where match.Success
                    group (Platform: match.Groups["platform"].Value, Result: result) by TitleOf(match);
        _rows = [.. tests.OrderBy(test => test.Key, StringComparer.Ordinal).Select(test => (string[])
        [
            test.Key, .. s_platforms.Select(platform => Cell([.. test.Where(each => each.Platform == platform.Name).Select(each => each.Result)])),
        ])];
    }

    /// <summary>Whether no test of that kind was run.</summary>
    internal bool IsEmpty => _rows.Count == 0;

    private static IEnumerable<string> Header => ["test", .. s_platforms.Select(platform => platform.Title)];

    /// <summary>As Markdown, which is also plain text.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        AddLine(text, Header);
        AddLine(text, Header.Select(_ => "---"));
        foreach (string[] row in _rows)
            AddLine(text, row);
        for (int i = 0; i < _notes.Count; i++)
            text.Append(i == 0 ? "\n" : "<br>\n").Append(NoteMark(i)).Append(' ').Append(_notes[i]);
        return text.ToString().TrimEnd();
    }

    /// <summary>For a terminal.</summary>
    internal void Show(IAnsiConsole console)
    {
        var table = new Table().RoundedBorder();
        table.AddColumns([.. Header]);
        foreach (string[] row in _rows)
            table.AddRow([.. row.Select(cell => cell == Failed ? $"[red]{cell}[/]" : Markup.Escape(cell))]);
        console.Write(table);
        for (int i = 0; i < _notes.Count; i++)
            console.MarkupLineInterpolated($"{NoteMark(i)} {_notes[i]}");
    }

    /// <summary>Puts the table into a document, between its two marks.</summary>
    /// <returns>The document; null when it has no such place.</returns>
    internal string? Insert(string document)
    {
        int begin = document.IndexOf(BlockBegin, StringComparison.Ordinal);
        int end = document.IndexOf(BlockEnd, StringComparison.Ordinal);
        return begin < 0 || end < begin ? null : $"{document[..(begin + BlockBegin.Length)]}\n\n{this}\n\n{document[end..]}";
    }

    private const string Failed = "FAILED";

    private static string TitleOf(Match match)
    {
        string title = $"{match.Groups["class"].Value}: {match.Groups["method"].Value.Replace('_', ' ')}";
        string arguments = string.Join(", ", Argument().Matches(match.Groups["arguments"].Value).Select(each => each.Groups[1].Value.Trim('"')));
        return arguments.Length == 0 ? title : $"{title} ({arguments})";
    }

    private static string NoteMark(int index) => $"[{index + 1}]";

    private static void AddLine(StringBuilder text, IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    private string Cell(TestResult[] results)
    {
        // No such test there: it is about another platform's hardware.
        if (results.Length == 0)
            return "";
        if (results.Any(result => result.HasFailed))
            return Failed;
        if (results.FirstOrDefault(result => result.WasSkipped) is not { } skipped)
            return "passed";
        return skipped.Message.Trim() == OnlyWithAll ? "--all" : Note(skipped.Message.Trim().Replace(NotPossible, ""));
    }

    private string Note(string reason)
    {
        if (!_notes.Contains(reason))
            _notes.Add(reason);
        return $"– {NoteMark(_notes.IndexOf(reason))}";
    }

    [GeneratedRegex(@"(?<class>\w+?)(Tests)?\.(?<method>\w+)\(platform: (?<platform>\w+)(, (?<arguments>.*))?\)$", RegexOptions.Singleline)]
    private static partial Regex PlatformTest();

    [GeneratedRegex(@"\w+: (""[^""]*""|[^,]+)")]
    private static partial Regex Argument();
}
