namespace Lamina.Devices;

/// <summary>A time of day and date in the proleptic Gregorian calendar, and its seconds since 1970-01-01T00:00:00Z.</summary>
internal struct CmosTime
{
    private const int SecondsPerMinute = 60;
    private const int MinutesPerHour = 60;
    private const int HoursPerDay = 24;
    /// <summary>Seconds in a day.</summary>
    public const int SecondsPerDay = SecondsPerMinute * MinutesPerHour * HoursPerDay;

    private const int MonthsPerYear = 12;
    private const int DaysPerWeek = 7;
    /// <summary>1970-01-01 was a Thursday: day 5 of a week that begins with Sunday as day 1.</summary>
    private const int EpochWeekday = 4;

    // The calendar repeats each 400 years. A year that begins in March has its leap day at its end, so that days before a month need no table.
    private const int YearsPerEra = 400;
    private const int DaysPerEra = 146_097;
    private const int EpochDayOfEraCount = 719_468;

    /// <summary>Second, 0 to 59.</summary>
    public int Second;
    /// <summary>Minute, 0 to 59.</summary>
    public int Minute;
    /// <summary>Hour, 0 to 23.</summary>
    public int Hour;
    /// <summary>Day of the month, from 1.</summary>
    public int Day;
    /// <summary>Month, from 1.</summary>
    public int Month;
    /// <summary>Year, such as 2024.</summary>
    public int Year;
    /// <summary>Day of the week, from 1 (Sunday); not looked at by <see cref="ToSeconds"/>.</summary>
    public int Weekday;

    /// <summary>The time at a number of seconds since 1970, which must not be before year 0.</summary>
    public static CmosTime FromSeconds(long seconds)
    {
        long days = FloorDivide(seconds, SecondsPerDay);
        int rest = (int)(seconds - days * SecondsPerDay);
        long shifted = days + EpochDayOfEraCount;
        long era = FloorDivide(shifted, DaysPerEra);
        int dayOfEra = (int)(shifted - era * DaysPerEra);
        int yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        int dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        int shiftedMonth = (5 * dayOfYear + 2) / 153;
        int month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
        return new CmosTime
        {
            Second = rest % SecondsPerMinute,
            Minute = rest / SecondsPerMinute % MinutesPerHour,
            Hour = rest / (SecondsPerMinute * MinutesPerHour),
            Day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1,
            Month = month,
            Year = (int)(era * YearsPerEra) + yearOfEra + (month <= 2 ? 1 : 0),
            Weekday = (int)(shifted + EpochWeekday - 1) % DaysPerWeek + 1,
        };
    }

    /// <summary>Seconds since 1970. What a guest wrote out of range counts on: month 13 is January of the next year, minute 61 the next hour.</summary>
    public readonly long ToSeconds()
    {
        int months = Month - 1;
        long year = Year + months / MonthsPerYear;
        int month = months % MonthsPerYear + 1;
        if (month < 1)
        {
            month += MonthsPerYear;
            year--;
        }
        if (month <= 2) year--;
        long era = FloorDivide(year, YearsPerEra);
        int yearOfEra = (int)(year - era * YearsPerEra);
        int dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + Day - 1;
        long dayOfEra = 365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
        long days = era * DaysPerEra + dayOfEra - EpochDayOfEraCount;
        return ((days * HoursPerDay + Hour) * MinutesPerHour + Minute) * SecondsPerMinute + Second;
    }

    private static long FloorDivide(long dividend, long divisor) => (dividend < 0 ? dividend - divisor + 1 : dividend) / divisor;
}
