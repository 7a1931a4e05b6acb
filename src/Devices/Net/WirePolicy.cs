using Lamina.Core;

namespace Lamina.Devices;

/// <summary>What the manifest says of one direction of a wire.</summary>
/// <param name="bytesPerSecond">The rate limit in bytes a second of Ethernet frames, at least 1,000; 0 for none.</param>
/// <param name="burstBytes">How much may go at once after a pause, in bytes.</param>
/// <param name="whenFull">What becomes of frames that come too fast.</param>
/// <param name="ringBytes">How much may be under way, in bytes: rounded up to a power of two between 256 KiB and 16 MiB; 0 for the default.</param>
public readonly struct WirePolicy(
    ulong bytesPerSecond = 0, ulong burstBytes = WirePolicy.DefaultBurst, WhenFull whenFull = WhenFull.Wait, int ringBytes = WirePolicy.DefaultRing)
{
    /// <summary>Two of the largest frames.</summary>
    public const ulong DefaultBurst = 1 << 17;
    /// <summary>Seven of the largest frames.</summary>
    public const int DefaultRing = 1 << 19;

    /// <summary>The rate limit in bytes a second; 0 for none.</summary>
    public ulong BytesPerSecond { get; } = bytesPerSecond;
    /// <summary>How much may go at once after a pause, in bytes.</summary>
    public ulong BurstBytes { get; } = burstBytes;
    /// <summary>What becomes of frames that come too fast.</summary>
    public WhenFull WhenFull { get; } = whenFull;
    /// <summary>How much may be under way, in bytes.</summary>
    public int RingBytes => ringBytes == 0 ? DefaultRing : ringBytes;
}
