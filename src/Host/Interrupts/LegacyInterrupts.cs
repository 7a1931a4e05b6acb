namespace Lamina.Host;

/// <summary>
/// The host's pair of 8259 interrupt controllers (Intel 8259A data sheet) and 8254 timer, as firmware leaves them: moved out of the exceptions' vectors,
/// all inputs masked. Machines without them ignore the writes.
/// </summary>
public static class LegacyInterrupts
{
    private const ushort FirstCommand = 0x20;
    private const ushort FirstData = 0x21;
    private const ushort SecondCommand = 0xA0;
    private const ushort SecondData = 0xA1;
    private const byte InitialiseWithFourWords = 0x11;
    private const byte SecondIsAtInput2 = 1 << 2;
    private const byte SecondIdentity = 2;
    private const byte Mode8086 = 0x01;
    private const byte AllMasked = 0xFF;
    private const byte SpecificEndOfInterrupt = 0x60;
    private const int InputsOfOne = 8;

    private const ushort TimerControl = 0x43;

    // Channel 0, mode 0, count not loaded: the output stays low and no interrupt comes (Intel 8254 data sheet).
    private const byte TimerQuiet = 0x30;

    /// <summary>Moves all inputs to <see cref="InterruptVector.LegacyFirst"/> on, masks them, and stops the timer's interrupts.</summary>
    public static void Quiet()
    {
        Instructions.WritePort8(FirstCommand, InitialiseWithFourWords);
        Instructions.WritePort8(SecondCommand, InitialiseWithFourWords);
        Instructions.WritePort8(FirstData, InterruptVector.LegacyFirst);
        Instructions.WritePort8(SecondData, InterruptVector.LegacyFirst + InputsOfOne);
        Instructions.WritePort8(FirstData, SecondIsAtInput2);
        Instructions.WritePort8(SecondData, SecondIdentity);
        Instructions.WritePort8(FirstData, Mode8086);
        Instructions.WritePort8(SecondData, Mode8086);
        Instructions.WritePort8(FirstData, AllMasked);
        Instructions.WritePort8(SecondData, AllMasked);
        Instructions.WritePort8(TimerControl, TimerQuiet);
    }

    /// <summary>Lets one input (0 to 7) of the first controller interrupt.</summary>
    public static void Unmask(byte line) =>
        Instructions.WritePort8(FirstData, (byte)(Instructions.ReadPort8(FirstData) & ~(1 << line)));

    /// <summary>Ends the interrupt of an input (0 to 7) of the first controller.</summary>
    public static void EndOfInterrupt(byte line) => Instructions.WritePort8(FirstCommand, (byte)(SpecificEndOfInterrupt | line));
}
