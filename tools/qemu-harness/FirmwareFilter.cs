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
    private readonly StringBuilder _held = new();
    private bool _isOver;
    private bool _isLineMarked;
    private EscapeState _escape;

    private enum EscapeState
    {
        None,
        Begun,
        Control,
    }

    /// <summary>What to show for the next piece of text.</summary>
    internal string Filter(ReadOnlySpan<char> text)
    {
        if (_isOver)
            return text.ToString();
        var shown = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (!IsPrinted(text[i]))
                continue;
            Take(text[i], shown);
            if (_isOver)
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
            if (_isLineMarked)
                shown.Append('\n');
            _isLineMarked = false;
            return;
        }

        // The mark's first letter comes once in it, so what is held can begin again only there.
        if (!HypervisorMark.AsSpan(_held.Length).StartsWith([letter]))
            Release(shown);
        _held.Append(letter);
        if (letter != HypervisorMark[_held.Length - 1])
        {
            Release(shown);
        }
        else if (_held.Length == HypervisorMark.Length)
        {
            _isOver = true;
            if (_isLineMarked)
                shown.Append('\n');
            shown.Append(_held);
            _held.Clear();
        }
    }

    private void Release(StringBuilder shown)
    {
        if (_held.Length == 0)
            return;
        if (!_isLineMarked)
            shown.Append(FirmwareMark);
        _isLineMarked = true;
        shown.Append(_held);
        _held.Clear();
    }

    /// <summary>Follows ECMA-48's control sequences: ESC [ parameters, then a letter from @ to ~; other sequences are ESC and one letter.</summary>
    private bool IsPrinted(char letter)
    {
        switch (_escape)
        {
            case EscapeState.Begun:
                _escape = letter == '[' ? EscapeState.Control : EscapeState.None;
                return false;
            case EscapeState.Control:
                if (letter is >= '@' and <= '~')
                    _escape = EscapeState.None;
                return false;
            default:
                if (letter == Escape)
                    _escape = EscapeState.Begun;
                return letter == '\n' || !char.IsControl(letter);
        }
    }
}
