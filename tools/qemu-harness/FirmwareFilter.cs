using System;
using System.Text;

namespace Lamina.QemuHarness;

/// <summary>
/// Marks what firmware and boot loaders print before the hypervisor does, and takes their escape sequences out, which would clear the user's
/// terminal. From the hypervisor's first line on, nothing is touched: it frames its lines itself, and marks this way cannot be had by a guest.
/// </summary>
internal sealed class FirmwareFilter
{
    internal const string HypervisorMark = "[lamina] ";
    internal const string FirmwareMark = "[firmware] ";

    private const char Escape = '\x1B';
    private readonly StringBuilder held = new();
    private bool isOver;
    private bool isLineMarked;
    private EscapeState escape;

    private enum EscapeState
    {
        None,
        Begun,
        Control,
    }

    /// <summary>What to show for the next piece of text.</summary>
    internal string Filter(ReadOnlySpan<char> text)
    {
        if (isOver)
            return text.ToString();
        var shown = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (!IsPrinted(text[i]))
                continue;
            Take(text[i], shown);
            if (isOver)
                return shown.Append(text[(i + 1)..]).ToString();
        }

        return shown.ToString();
    }

    /// <summary>What was held back as the possible beginning of the hypervisor's mark, when nothing follows.</summary>
    internal string Flush()
    {
        var shown = new StringBuilder();
        Release(shown);
        return shown.ToString();
    }

    private void Take(char letter, StringBuilder shown)
    {
        if (letter == '\n')
        {
            Release(shown);
            if (isLineMarked)
                shown.Append('\n');
            isLineMarked = false;
            return;
        }

        // The mark's first letter comes once in it, so what is held can begin again only there.
        if (!HypervisorMark.AsSpan(held.Length).StartsWith([letter]))
            Release(shown);
        held.Append(letter);
        if (letter != HypervisorMark[held.Length - 1])
        {
            Release(shown);
        }
        else if (held.Length == HypervisorMark.Length)
        {
            isOver = true;
            if (isLineMarked)
                shown.Append('\n');
            shown.Append(held);
            held.Clear();
        }
    }

    private void Release(StringBuilder shown)
    {
        if (held.Length == 0)
            return;
        if (!isLineMarked)
            shown.Append(FirmwareMark);
        isLineMarked = true;
        shown.Append(held);
        held.Clear();
    }

    /// <summary>Follows ECMA-48's control sequences: ESC [ parameters, then a letter from @ to ~; other sequences are ESC and one letter.</summary>
    private bool IsPrinted(char letter)
    {
        switch (escape)
        {
            case EscapeState.Begun:
                escape = letter == '[' ? EscapeState.Control : EscapeState.None;
                return false;
            case EscapeState.Control:
                if (letter is >= '@' and <= '~')
                    escape = EscapeState.None;
                return false;
            default:
                if (letter == Escape)
                    escape = EscapeState.Begun;
                return letter == '\n' || !char.IsControl(letter);
        }
    }
}
