using Lamina.Core;

namespace Lamina.Devices;

/// <summary>
/// The board's wiring: each interrupt line goes to the 8259 pair and to the I/O APIC at once, and the system uses the one that it knows.
/// Lines 0 to 15 are the ISA interrupts, active high, line 0 at I/O APIC pin 2 (as the MADT says); lines 16 to 23 are the PCI interrupts,
/// active low at their pins and not wired to the 8259s. Asserted is <c>high</c> for either.
/// </summary>
public sealed class InterruptRouter(Pic8259Pair pic, IoApic ioApic) : InterruptController
{
    /// <summary>The first line of the PCI interrupts.</summary>
    public const int FirstPciLine = 16;
    /// <summary>How many lines there are.</summary>
    public const int Lines = IoApic.Pins;
    /// <summary>The timer's line.</summary>
    public const int TimerLine = 0;
    /// <summary>The I/O APIC pin of <see cref="TimerLine"/>: a GSI.</summary>
    public const int TimerPin = 2;

    /// <inheritdoc/>
    public override void SetLine(int line, bool high)
    {
        if (line >= FirstPciLine)
        {
            ioApic.SetPin(line, !high);
            return;
        }
        pic.SetLine(line, high);
        // The 8259s' cascade is no line of its own; the timer has its pin.
        if (line != TimerPin) ioApic.SetPin(line == TimerLine ? TimerPin : line, high);
    }

    /// <summary>All lines at rest, which is high for the PCI interrupts' pins: called before devices and controllers are reset.</summary>
    public void Reset()
    {
        for (int line = 0; line < Lines; line++) SetLine(line, false);
    }
}
