using Lamina.Core;

namespace Lamina.Devices;

/// <summary>One direction of a wire: the frames under way, how fast they may come, and what was counted.</summary>
internal sealed class WireDirection(in WirePolicy policy, ulong frequency)
{
    /// <summary>The frames under way.</summary>
    public readonly WireRing Ring = new(policy.RingBytes);

    /// <summary>What was counted.</summary>
    public readonly WireCounters Counters = new();

    /// <summary>The rate limit: the sender's alone, as is the time by its CPU.</summary>
    public TokenBucket Tokens = new(policy.BytesPerSecond, policy.BurstBytes, frequency);

    /// <summary>Whether frames that come too fast are dropped, or else wait.</summary>
    public bool Drops { get; } = policy.WhenFull == WhenFull.Drop;
}
