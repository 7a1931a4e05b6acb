using System;

namespace Lamina.Devices;

/// <summary>
/// A rate limit in bytes a second, with a burst: a token bucket, kept as the time at which it will be full again, so that nothing has to fill it up. A frame passes while
/// any token is there and may leave a debt, so one larger than the burst passes too, and the rate holds in the long run. Time is a TSC, in ticks.
/// </summary>
internal struct TokenBucket
{
    /// <summary>The least rate, in bytes a second: a frame of 64 KiB must not take longer than the arithmetic holds.</summary>
    public const ulong MinRate = 1000;

    /// <summary>Ticks a byte, as fixed point: times 65,550 bytes they fit in 64 bits for every TSC of up to 2^34 Hz.</summary>
    private const int FractionBits = 16;

    /// <summary>The longest rest of who waits for tokens is one of so many in a second.</summary>
    private const ulong RestsPerSecond = 1000;

    private readonly ulong _ticksPerByte;
    private readonly ulong _burstTicks;
    private readonly ulong _restTicks;
    private ulong _fullAt;
    private ulong _fraction;

    /// <summary>
    /// A full bucket. <paramref name="bytesPerSecond"/> of 0 is no limit; less than <see cref="MinRate"/> is taken for that. <paramref name="frequency"/> is the TSC's, in
    /// Hz, below 2^34. <paramref name="burst"/> is in bytes, and at most a second's worth.
    /// </summary>
    public TokenBucket(ulong bytesPerSecond, ulong burst, ulong frequency)
    {
        this = default;
        if (bytesPerSecond == 0) return;
        ulong rate = Math.Max(bytesPerSecond, MinRate);
        _ticksPerByte = (frequency << FractionBits) / rate;
        _burstTicks = Math.Min(burst, rate) * (frequency / rate) + Math.Min(burst, rate) * (frequency % rate) / rate;
        _restTicks = Math.Min(_burstTicks / 2, frequency / RestsPerSecond);
    }

    /// <summary>Whether there is a limit.</summary>
    public readonly bool IsLimited => _ticksPerByte != 0;

    /// <summary>When a token will be there again: a time not after <paramref name="now"/> if one is.</summary>
    public readonly ulong ReadyAt(ulong now) => _fullAt <= now ? now : Math.Max(now, _fullAt - Math.Min(_fullAt, _burstTicks));

    /// <summary>
    /// When to go on if no token is there at <paramref name="now"/>: not for each frame, which for small ones would be a deadline every microsecond, but when some have come together. The rate
    /// stays what it is, as a rest is shorter than the burst.
    /// </summary>
    public readonly ulong ResumeAt(ulong now) => Math.Max(ReadyAt(now), now + _restTicks);

    /// <summary>Whether a frame may pass at <paramref name="now"/>.</summary>
    public readonly bool IsReady(ulong now) => !IsLimited || ReadyAt(now) == now;

    /// <summary>Takes the tokens of a frame that passes, at most 65,550 bytes.</summary>
    public void Take(int bytes, ulong now)
    {
        ulong ticks = (ulong)bytes * _ticksPerByte + _fraction;
        _fullAt = Math.Max(_fullAt, now) + (ticks >> FractionBits);
        _fraction = ticks % (1UL << FractionBits);
    }
}
