using System;
using System.Collections.Generic;
using Lamina.Core;

namespace Lamina.Devices.Tests.Virtio;

/// <summary>A device of two queues that writes into each chain what it read from it, as far as there is room.</summary>
public sealed class EchoDevice(VirtualMachine machine, ushort size = 256)
    : VirtioDevice(machine, VirtioDeviceType.Entropy, Feature, [size, size], configBytes: 12)
{
    public const ulong Feature = 1;

    private readonly byte[] _buffer = new byte[1 << 16];

    public DescriptorChain Chain { get; } = new();

    /// <summary>Each chain that was taken: what could be read, and how much could be written.</summary>
    public List<(byte[] Read, int Writable)> Taken { get; } = [];

    public int Budget { get; set; } = int.MaxValue;

    public int Resets { get; private set; }

    public override string Name => "echo";

    public void Change(byte value)
    {
        Config[0] = value;
        ConfigChanged();
    }

    protected override void QueueNotified(int queue)
    {
        var ring = Queues[queue];
        int left = Budget;
        do
        {
            while (left > 0 && ring.TryTake(Chain))
            {
                left--;
                int count = Chain.Read(_buffer);
                Taken.Add((_buffer[..count], Chain.WritableBytes));
                Chain.Write(_buffer.AsSpan(0, count));
                ring.Return(Chain);
            }
            ring.Publish();
            if (left == 0)
            {
                if (ring.HasAvailable) LookAgain(queue);
                return;
            }
        }
        while (ring.EnableNotifications());
    }

    protected override void Reset() => Resets++;

    protected override void ConfigWritten(int offset, int size, ulong value) => Config[offset] = (byte)value;
}
