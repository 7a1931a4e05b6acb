using System;

namespace Lamina.Core;

/// <summary>
/// An entry of the local vector table: vector in bits 0–7, delivery mode in bits 8–10, and these bits
/// (AMD APM vol. 2, 16.4; Intel SDM vol. 3, 11.5.1).
/// </summary>
[Flags]
public enum LocalVector : uint
{
    /// <summary>The vector, 8 bits.</summary>
    VectorMask = 0xFF,
    /// <summary>The <see cref="DeliveryMode"/>, 3 bits.</summary>
    ModeMask = 7 << 8,
    /// <summary>Active low (LINT0, LINT1).</summary>
    ActiveLow = 1 << 13,
    /// <summary>Delivery status and remote IRR: read-only, and not reserved. Linux writes them as it shuts down.</summary>
    ReadOnlyMask = 1 << 12 | 1 << 14,
    /// <summary>Level-triggered (LINT0, LINT1).</summary>
    LevelTriggered = 1 << 15,
    /// <summary>No interrupt is made.</summary>
    Masked = 1 << 16,
    /// <summary>Timer: starts again when it ends.</summary>
    Periodic = 1 << 17,
    /// <summary>Timer: ends at the TSC of the TSC_DEADLINE MSR.</summary>
    TscDeadline = 1 << 18,
    /// <summary>Timer: both mode bits.</summary>
    TimerModeMask = Periodic | TscDeadline,
}
