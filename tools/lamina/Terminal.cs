using System;
using System.Collections.Generic;
using Lamina.Cli.Testing;
using Spectre.Console;

namespace Lamina.Cli;

/// <summary>
/// What the command line itself says. Its words go to standard error, so that standard output holds results alone: the
/// machine's log, the tests' totals. Colours and movement are for terminals; what is piped is plain text.
/// </summary>
internal sealed class Terminal
{
    private readonly bool _isScreen = !Console.IsErrorRedirected;
    private readonly IAnsiConsole _notes;

    internal Terminal()
    {
        _notes = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(Console.Error),
            Ansi = _isScreen ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = _isScreen ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        });
        // Piped text is not broken into lines of a screen's width.
        if (!_isScreen)
            _notes.Profile.Width = int.MaxValue;
    }

    /// <summary>Whether standard output is a terminal that shows colours.</summary>
    internal static bool HasColours => !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities is { Ansi: true, ColorSystem: not ColorSystem.NoColors };

    /// <summary>A result: to standard output.</summary>
    internal static void Result(string text) => Console.Out.WriteLine(text);

    /// <summary>A result that is a table.</summary>
    internal static void Result(PlatformTable table)
    {
        if (Console.IsOutputRedirected)
            Result($"\n{table}\n");
        else
            table.Show(AnsiConsole.Console);
    }

    /// <summary>Something worth knowing.</summary>
    internal void Note(string text) => _notes.MarkupLineInterpolated($"[grey]{text}[/]");

    /// <summary>Something wrong.</summary>
    internal void Error(string text) => _notes.MarkupLineInterpolated($"[red]error:[/] {text}");

    /// <summary>Errors that say where they are by themselves.</summary>
    internal void Errors(IEnumerable<string> errors)
    {
        foreach (string error in errors)
            _notes.MarkupLineInterpolated($"{error}");
    }

    /// <summary>A long step: a spinner on a terminal, else a line when it begins. The step may report what it is at.</summary>
    internal T Step<T>(string title, Func<IProgress<string>, T> step)
    {
        if (!_isScreen)
        {
            Note(title);
            return step(new Report(Note));
        }

        T result = _notes.Status().Start(Markup.Escape(title), status => step(new Report(text => status.Status(Markup.Escape(text)))));
        Note(title);
        return result;
    }

    /// <summary>Reports at once and in order, unlike <see cref="Progress{T}"/>.</summary>
    private sealed class Report(Action<string> report) : IProgress<string>
    {
        void IProgress<string>.Report(string value) => report(value);
    }
}
