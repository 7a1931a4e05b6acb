namespace Lamina.Core;

/// <summary>What becomes of a frame that comes faster than the other end of a wire takes it, or than the wire's rate allows.</summary>
public enum WhenFull : byte
{
    /// <summary>It waits in the sender's queue, and the sender with it.</summary>
    Wait = 0,

    /// <summary>It is dropped and counted.</summary>
    Drop = 1,
}
