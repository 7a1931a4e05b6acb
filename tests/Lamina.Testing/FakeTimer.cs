using Lamina.Core;

namespace Lamina.Testing;

/// <summary>A CPU's timer that only remembers what it was told.</summary>
public sealed class FakeTimer : DeadlineTimer
{
    /// <summary>The TSC at which it would interrupt, or null when it is not armed.</summary>
    public ulong? Armed { get; private set; }

    /// <summary>How often it was armed.</summary>
    public int ArmCount { get; private set; }

    /// <inheritdoc/>
    public override void Arm(ulong tsc)
    {
        Armed = tsc;
        ArmCount++;
    }

    /// <summary>Its time has come, and its interrupt is lost on the way to the CPU.</summary>
    public void LoseInterrupt() => Armed = null;

    /// <inheritdoc/>
    public override void Disarm() => Armed = null;
}
