namespace Lamina.Devices;

/// <summary>The bytes of the real-time clock and its memory (Motorola MC146818 data sheet; IBM AT technical reference for those above 0x0E).</summary>
internal enum CmosRegister : byte
{
    /// <summary>Seconds.</summary>
    Seconds = 0x00,
    /// <summary>Seconds of the alarm.</summary>
    SecondsAlarm = 0x01,
    /// <summary>Minutes.</summary>
    Minutes = 0x02,
    /// <summary>Minutes of the alarm.</summary>
    MinutesAlarm = 0x03,
    /// <summary>Hours.</summary>
    Hours = 0x04,
    /// <summary>Hours of the alarm.</summary>
    HoursAlarm = 0x05,
    /// <summary>Day of the week, 1 is Sunday.</summary>
    Weekday = 0x06,
    /// <summary>Day of the month.</summary>
    Day = 0x07,
    /// <summary>Month.</summary>
    Month = 0x08,
    /// <summary>Year of the century.</summary>
    Year = 0x09,
    /// <summary>Register A: divider and rate, update in progress.</summary>
    A = 0x0A,
    /// <summary>Register B: modes and interrupt enables.</summary>
    B = 0x0B,
    /// <summary>Register C: interrupt flags, cleared by reading.</summary>
    C = 0x0C,
    /// <summary>Register D: the battery is good.</summary>
    D = 0x0D,
    /// <summary>Equipment: what is built in.</summary>
    Equipment = 0x14,
    /// <summary>Memory below 640 KiB in KiB, low byte.</summary>
    BaseMemoryLow = 0x15,
    /// <summary>Memory above 1 MiB in KiB, low byte.</summary>
    ExtendedMemoryLow = 0x17,
    /// <summary>Sum of 0x10 to 0x2D, high byte first.</summary>
    ChecksumHigh = 0x2E,
    /// <summary>Memory above 1 MiB in KiB as found at start, low byte.</summary>
    FoundMemoryLow = 0x30,
    /// <summary>Century.</summary>
    Century = 0x32,
    /// <summary>Memory between 16 MiB and 4 GiB in units of 64 KiB, low byte (as PC emulators have it).</summary>
    MemoryAbove16MLow = 0x34,
    /// <summary>Memory above 4 GiB in units of 64 KiB, lowest of three bytes (as PC emulators have it).</summary>
    MemoryAbove4GLow = 0x5B,
}
