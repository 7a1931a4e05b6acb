using System;

namespace Lamina.Host;

/// <summary>
/// Measures the TSC against a timer of known frequency. A run is some milliseconds; the median of three holds when they agree, else it is tried again: an
/// SMI, or an emulator's thread that was not running, spoils a run.
/// </summary>
public static class TscCalibration
{
    /// <summary>Runs that must agree.</summary>
    public const int Runs = 3;

    /// <summary>A run's length is a second divided by this.</summary>
    public const ulong RunsPerSecond = 250;

    private const int MostRounds = 5;
    private const int ReadAttempts = 4;

    // The runs agree when they are within 1/1000 of each other.
    private const ulong Agreement = 1000;

    // A timer that has not moved after as many reads is none.
    private const int MostReads = 50_000_000;

    private const ulong LowestFrequency = 10_000_000;
    private const ulong HighestFrequency = 16_000_000_000;

    /// <summary>Measures.</summary>
    /// <param name="timer">What to measure against.</param>
    /// <param name="frequency">The TSC's ticks a second, in Hz.</param>
    /// <returns>False when the timer stands still, the result is impossible, or the runs never agreed: <paramref name="frequency"/> is the last median then, or 0.</returns>
    public static bool TryMeasure(ReferenceTimer timer, out ulong frequency)
    {
        Span<ulong> runs = stackalloc ulong[Runs];
        frequency = 0;
        for (int round = 0; round < MostRounds; round++)
        {
            for (int i = 0; i < Runs; i++)
            {
                if (!TryRun(timer, out runs[i]))
                    return false;
            }

            Sort(runs);
            frequency = runs[Runs / 2];
            if (frequency is < LowestFrequency or > HighestFrequency)
                return false;
            if (runs[Runs - 1] - runs[0] <= frequency / Agreement)
                return true;
        }

        return false;
    }

    private static bool TryRun(ReferenceTimer timer, out ulong frequency)
    {
        frequency = 0;
        uint wanted = (uint)(timer.Frequency / RunsPerSecond);
        ReadBoth(timer, out uint start, out ulong startTsc);
        for (int reads = 0; ((timer.Read() - start) & timer.Mask) < wanted; reads++)
        {
            if (reads == MostReads)
                return false;
        }

        ReadBoth(timer, out uint end, out ulong endTsc);
        uint ticks = (end - start) & timer.Mask;
        ulong elapsed = endTsc - startTsc;
        if (ticks == 0 || elapsed > ulong.MaxValue / timer.Frequency)
            return false;
        frequency = elapsed * timer.Frequency / ticks;
        return true;
    }

    // Both at one time, as nearly as can be: the attempt in which the least time passed between the two reads of the TSC around the timer's.
    private static void ReadBoth(ReferenceTimer timer, out uint count, out ulong tsc)
    {
        count = 0;
        tsc = 0;
        ulong least = ulong.MaxValue;
        for (int i = 0; i < ReadAttempts; i++)
        {
            ulong before = timer.ReadTsc();
            uint read = timer.Read();
            ulong took = timer.ReadTsc() - before;
            if (took >= least)
                continue;
            least = took;
            count = read;
            tsc = before + (took / 2);
        }
    }

    private static void Sort(Span<ulong> values)
    {
        for (int i = 1; i < values.Length; i++)
        {
            for (int j = i; j > 0 && values[j - 1] > values[j]; j--)
                (values[j - 1], values[j]) = (values[j], values[j - 1]);
        }
    }
}
