namespace Lamina.Host;

/// <summary>Channel 2 of the PC's 8254 (Intel 8254 data sheet), which interrupts nobody: its gate and its output are at port 0x61.</summary>
public sealed class IntervalTimer : ReferenceTimer
{
    private const ushort Channel2 = 0x42;
    private const ushort Control = 0x43;
    private const ushort SystemControl = 0x61;
    private const byte Gate = 0x01;
    private const byte Speaker = 0x02;

    // Channel 2, low then high byte, mode 2: counts round and round.
    private const byte RateGenerator = 0xB4;
    private const byte LatchChannel2 = 0x80;

    /// <summary>Starts the channel, with the speaker off.</summary>
    public IntervalTimer()
    {
        byte control = Instructions.ReadPort8(SystemControl);
        Instructions.WritePort8(SystemControl, (byte)((control & ~Speaker) | Gate));
        Instructions.WritePort8(Control, RateGenerator);
        Instructions.WritePort8(Channel2, 0);
        Instructions.WritePort8(Channel2, 0);
    }

    /// <inheritdoc/>
    public override string Name => "8254";

    /// <inheritdoc/>
    public override ulong Frequency => 1_193_182;

    /// <inheritdoc/>
    public override uint Mask => ushort.MaxValue;

    /// <inheritdoc/>
    public override uint Read()
    {
        Instructions.WritePort8(Control, LatchChannel2);
        uint low = Instructions.ReadPort8(Channel2);
        uint high = Instructions.ReadPort8(Channel2);
        return (0 - (low | (high << 8))) & Mask;
    }
}
