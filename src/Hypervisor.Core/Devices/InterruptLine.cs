namespace Lamina.Core;

/// <summary>One interrupt line, as a device holds it.</summary>
public readonly struct InterruptLine(InterruptController controller, int number)
{
    private readonly InterruptController _controller = controller;

    /// <summary>Its number: a GSI.</summary>
    public int Number { get; } = number;

    /// <summary>Sets the line's level. A repeated level changes nothing.</summary>
    public void Set(bool high) => _controller.SetLine(Number, high);

    /// <summary>A low-high-low pulse: one edge.</summary>
    public void Pulse()
    {
        _controller.SetLine(Number, true);
        _controller.SetLine(Number, false);
    }
}
