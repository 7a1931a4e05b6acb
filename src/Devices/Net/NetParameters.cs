namespace Lamina.Devices;

/// <summary>What a VM's network device is to be like.</summary>
/// <param name="mac">Its address in bits 47:0, the first byte in bits 7:0, as the manifest has it: 0x5634_1200_5452 is 52:54:00:12:34:56.</param>
/// <param name="queuePairs">How many queue pairs it has: 1 to <see cref="VirtioNet.MostQueuePairs"/>.</param>
/// <param name="mtu">The MTU that it names, 68 to 65,535; 0 to name none.</param>
/// <param name="offloads">What the guest may leave to the other end and the other end to it, if its driver wants so.</param>
/// <param name="queueSize">How many descriptors a queue has: a power of two.</param>
public readonly struct NetParameters(ulong mac, int queuePairs = 1, ushort mtu = 0, NetOffloads offloads = NetOffloads.All, ushort queueSize = 256)
{
    /// <summary>Its address, the first byte in bits 7:0.</summary>
    public ulong Mac { get; } = mac;
    /// <summary>How many queue pairs it has.</summary>
    public int QueuePairs { get; } = queuePairs;
    /// <summary>The MTU that it names, in bytes; 0 for none.</summary>
    public ushort Mtu { get; } = mtu;
    /// <summary>What work on frames may be left undone.</summary>
    public NetOffloads Offloads { get; } = offloads;
    /// <summary>How many descriptors a queue has.</summary>
    public ushort QueueSize { get; } = queueSize;
}
