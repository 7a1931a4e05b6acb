namespace Lamina.Devices;

/// <summary>
/// What one direction of a wire has carried since it was made. The sender's counts and the receiver's are each written by one side alone, on the CPU that acts for that
/// end (<see cref="WireTerminal"/>). Any CPU may read them: each is one aligned word, so it is whole, and at most a moment old.
/// <para>
/// Every frame is counted once by its sender: sent, dropped at the sender or refused; every one that was sent once by its receiver: delivered, dropped at the receiver, or it is under
/// way. Only what is dropped because of a record that makes no sense may not be.
/// </para>
/// </summary>
public sealed class WireCounters
{
    /// <summary>Frames that went on their way.</summary>
    public ulong SentFrames { get; internal set; }
    /// <summary>Bytes of them.</summary>
    public ulong SentBytes { get; internal set; }
    /// <summary>Frames dropped at the sender: no link, or too fast for a wire that drops.</summary>
    public ulong DroppedAtSender { get; internal set; }
    /// <summary>Frames refused for their header, their length, or their buffers.</summary>
    public ulong Refused { get; internal set; }
    /// <summary>Frames that arrived, one that was cut into segments counted once.</summary>
    public ulong DeliveredFrames { get; internal set; }
    /// <summary>Bytes of them, as they were sent.</summary>
    public ulong DeliveredBytes { get; internal set; }
    /// <summary>Frames dropped at the receiver: the link went down while they were under way, or its buffers are too small.</summary>
    public ulong DroppedAtReceiver { get; internal set; }
}
