namespace Lamina.Devices;

/// <summary>The six modes of a counter (Intel 8254 data sheet, "Mode Definitions").</summary>
internal enum PitMode : byte
{
    /// <summary>Mode 0, interrupt on terminal count: low while it counts, then high.</summary>
    TerminalCount = 0,
    /// <summary>Mode 1: low for the count after each rise of GATE.</summary>
    OneShot = 1,
    /// <summary>Mode 2, divide by n: low for one clock in n.</summary>
    RateGenerator = 2,
    /// <summary>Mode 3: high for half of n, low for the other half.</summary>
    SquareWave = 3,
    /// <summary>Mode 4: low for one clock at the end of the count.</summary>
    SoftwareStrobe = 4,
    /// <summary>Mode 5: as mode 4, started by a rise of GATE.</summary>
    HardwareStrobe = 5,
}
