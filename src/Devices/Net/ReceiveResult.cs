namespace Lamina.Devices;

/// <summary>What came of putting a frame into a driver's buffers.</summary>
internal enum ReceiveResult : byte
{
    /// <summary>It lies there.</summary>
    Done,
    /// <summary>Its driver has to offer more buffers first; what was written so far is kept.</summary>
    NeedsBuffers,
    /// <summary>It has no room in buffers such as these, however many.</summary>
    TooLarge,
}
