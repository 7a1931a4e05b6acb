using System;

namespace Lamina.Host;

/// <summary>
/// Text on the screen: in VGA's text memory, or drawn into a framebuffer. It does not scroll, which would mean reading the slow framebuffer: below the last
/// line it goes on at the top, and the line after the one that is written is kept empty.
/// </summary>
public sealed unsafe class ScreenConsole
{
    private const ushort GreyOnBlack = 0x0700;
    private const uint Grey = 0x00C0C0C0;

    private readonly byte* _memory;
    private readonly Framebuffer _screen;
    private readonly int _columns;
    private readonly int _rows;
    private int _column;
    private int _row;

    /// <summary>Takes a screen whose memory is mapped at an HVA, and clears it.</summary>
    public ScreenConsole(byte* memory, Framebuffer screen)
    {
        _memory = memory;
        _screen = screen;
        bool text = screen.Format == PixelFormat.Text;
        _columns = (int)screen.Width / (text ? 1 : ScreenFont.CellWidth);
        _rows = (int)screen.Height / (text ? 1 : ScreenFont.CellHeight);
        for (uint y = 0; y < screen.Height && !text; y++)
            new Span<byte>(memory + ((ulong)y * screen.Pitch), (int)screen.Width * sizeof(uint)).Clear();
        for (int row = 0; row < _rows && text; row++)
            ClearRow(row);
    }

    /// <summary>Maps a screen.</summary>
    /// <returns>Null when there is none, or it has no room for text, or cannot be mapped.</returns>
    public static ScreenConsole? Open(HostAddressSpace space, Framebuffer screen)
    {
        if (screen.Format == PixelFormat.None || screen.Width < ScreenFont.CellWidth)
            return null;
        return space.TryMapFramebuffer(screen.Address, screen.Length, out byte* memory) ? new ScreenConsole(memory, screen) : null;
    }

    /// <summary>Writes text: printable ASCII and line feeds. A line too long goes on in the next.</summary>
    public void Write(ReadOnlySpan<byte> text)
    {
        foreach (byte c in text)
        {
            if (c == '\n' || _column == _columns)
                NextLine();
            if (c is >= ScreenFont.First and <= ScreenFont.Last)
                Draw(_row, _column++, c);
        }
    }

    private void NextLine()
    {
        _column = 0;
        _row = (_row + 1) % _rows;
        ClearRow((_row + 1) % _rows);
    }

    private void ClearRow(int row)
    {
        for (int column = 0; column < _columns; column++)
            Draw(row, column, (byte)' ');
    }

    // Bounds: row and column are below _rows and _columns, whose cells all lie in the screen's memory.
    private void Draw(int row, int column, byte c)
    {
        if (_screen.Format == PixelFormat.Text)
        {
            *(ushort*)(_memory + ((ulong)row * _screen.Pitch) + ((ulong)column * sizeof(ushort))) = (ushort)(GreyOnBlack | c);
            return;
        }

        byte* cell = _memory + ((ulong)(row * ScreenFont.CellHeight) * _screen.Pitch) + ((ulong)(column * ScreenFont.CellWidth) * sizeof(uint));
        for (int y = 0; y < ScreenFont.CellHeight; y++)
        {
            var line = (uint*)(cell + ((ulong)y * _screen.Pitch));
            uint bits = ScreenFont.Row(c, y);
            for (int x = 0; x < ScreenFont.CellWidth; x++)
                line[x] = (bits >> x & 1) != 0 ? Grey : 0;
        }
    }
}
