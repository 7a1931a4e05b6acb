using Lamina.Core;

namespace Lamina.Devices.Tests;

/// <summary>Interrupt lines that remember their levels and count their rises.</summary>
public sealed class RecordingLines : InterruptController
{
    private readonly bool[] _levels = new bool[InterruptRouter.Lines];
    private readonly int[] _rises = new int[InterruptRouter.Lines];

    public InterruptLine this[int line] => new(this, line);

    public bool IsHigh(int line) => _levels[line];

    public int Rises(int line) => _rises[line];

    public override void SetLine(int line, bool high)
    {
        if (high && !_levels[line]) _rises[line]++;
        _levels[line] = high;
    }
}
