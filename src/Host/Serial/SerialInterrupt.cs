namespace Lamina.Host;

/// <summary>The serial port's interrupt, by the first 8259.</summary>
public sealed class SerialInterrupt(SerialConsole console) : InterruptHandler
{
    /// <summary>The input of the 8259s that COM1 is wired to.</summary>
    public const byte Line = 4;

    /// <inheritdoc/>
    public override void Handle()
    {
        console.Receive();
        LegacyInterrupts.EndOfInterrupt(Line);
    }
}
