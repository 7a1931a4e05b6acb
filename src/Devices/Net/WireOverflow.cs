namespace Lamina.Devices;

/// <summary>What becomes of frames that come faster than a wire's rate, or than its receiver takes them.</summary>
public enum WireOverflow : byte
{
    /// <summary>They wait in their sender's queue, which fills up.</summary>
    Wait = 0,
    /// <summary>They are dropped and counted, as on a cable.</summary>
    Drop = 1,
}
