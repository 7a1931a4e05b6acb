using System;

namespace Lamina.Host;

/// <summary>
/// The machine's real-time clock, read once at boot (Motorola MC146818A; registers through ports 0x70 and 0x71). It is taken to hold UTC.
/// </summary>
public static class RealTimeClock
{
    private const ushort IndexPort = 0x70;
    private const ushort DataPort = 0x71;

    private const byte Seconds = 0, Minutes = 2, Hours = 4, Day = 7, Month = 8, Year = 9, StatusA = 10, StatusB = 11;
    private const byte UpdateInProgress = 1 << 7;
    private const byte Binary = 1 << 2;
    private const byte Hours24 = 1 << 1;
    private const byte Afternoon = 1 << 7;
    private const int MostAttempts = 100_000;
    private const int FirstYear = 2000;

    /// <summary>Seconds since 1970-01-01 00:00 UTC; 0 when the clock shows nothing that is a time.</summary>
    public static long ReadUnixSeconds()
    {
        Span<byte> first = stackalloc byte[6];
        Span<byte> second = stackalloc byte[6];
        for (int attempt = 0; attempt < MostAttempts; attempt++)
        {
            // Two readings alike: neither was met by an update.
            if ((Read(StatusA) & UpdateInProgress) != 0) continue;
            ReadRegisters(first);
            ReadRegisters(second);
            if (first.SequenceEqual(second)) return Convert(first, Read(StatusB));
        }
        return 0;
    }

    /// <summary>Turns seconds, minutes, hours, day, month and year, as the registers have them, into Unix time; 0 when they are no time. Pure.</summary>
    public static long Convert(ReadOnlySpan<byte> registers, byte statusB)
    {
        const int secondsPerDay = 86_400;
        bool binary = (statusB & Binary) != 0;
        byte rawHour = registers[2];
        int second = Value(registers[0], binary), minute = Value(registers[1], binary);
        int day = Value(registers[3], binary), month = Value(registers[4], binary), year = FirstYear + Value(registers[5], binary);
        int hour = (statusB & Hours24) != 0
            ? Value(rawHour, binary)
            : Value((byte)(rawHour & ~Afternoon), binary) % 12 + ((rawHour & Afternoon) != 0 ? 12 : 0);
        if (second > 59 || minute > 59 || hour > 23 || day is < 1 or > 31 || month is < 1 or > 12 || year > FirstYear + 99) return 0;
        return DaysSince1970(year, month, day) * secondsPerDay + hour * 3600 + minute * 60 + second;
    }

    /// <summary>Days from 1970-01-01 in the Gregorian calendar, counting years from March so that the leap day is the last.</summary>
    private static long DaysSince1970(int year, int month, int day)
    {
        const long daysTo1970 = 719_468;
        if (month <= 2) year--;
        int monthFromMarch = (month + 9) % 12;
        return 365L * year + year / 4 - year / 100 + year / 400 + (153 * monthFromMarch + 2) / 5 + day - 1 - daysTo1970;
    }

    private static int Value(byte register, bool binary) => binary ? register : (register >> 4) * 10 + (register & 0xF);

    private static void ReadRegisters(Span<byte> registers)
    {
        registers[0] = Read(Seconds);
        registers[1] = Read(Minutes);
        registers[2] = Read(Hours);
        registers[3] = Read(Day);
        registers[4] = Read(Month);
        registers[5] = Read(Year);
    }

    private static byte Read(byte register)
    {
        Instructions.WritePort8(IndexPort, register);
        return Instructions.ReadPort8(DataPort);
    }
}
