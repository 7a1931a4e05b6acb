using Lamina.Core;

namespace Lamina.Devices;

/// <summary>
/// An entropy device (virtio 1.2, 5.4): fills the guest's buffers with random bytes of the CPU's generator. On a machine without one it is not to be offered.
/// </summary>
public sealed class VirtioRng(VirtualMachine machine, RandomSource source)
    : VirtioDevice(machine, VirtioDeviceType.Entropy, features: 0, [QueueSize], configBytes: 0)
{
    /// <summary>How many random bytes one exit gives at most: the generator takes some hundred cycles for eight.</summary>
    public const int BytesPerExit = 512;

    private const ushort QueueSize = 16;
    private const int RequestQueue = 0;

    private readonly RandomSource _source = source;
    private readonly DescriptorChain _chain = new();

    /// <inheritdoc/>
    public override string Name => "virtio-rng";

    /// <inheritdoc/>
    protected override void DriverReady() => QueueNotified(RequestQueue);

    /// <summary>
    /// A buffer need not be filled to its end: the driver takes what it got (5.4.6.2) and asks again. So one that is larger than a round, or for which the generator has nothing
    /// more now, is given back with what there is; only with nothing at all it waits.
    /// </summary>
    protected override void QueueNotified(int queue)
    {
        var requests = Queues[queue];
        int left = BytesPerExit;
        do
        {
            while (left > 0 && requests.TryTake(_chain))
            {
                bool isDry = false;
                while (left > 0 && !isDry && _chain.NextWritable(left) is { IsEmpty: false } part)
                {
                    int count = _source.Fill(part);
                    left -= count;
                    isDry = count < part.Length;
                    if (isDry) _chain.Unwrite(part.Length - count);
                }
                if (isDry && _chain.BytesWritten == 0)
                {
                    requests.PutBack(1);
                    left = 0;
                    break;
                }
                requests.Return(_chain);
                // A buffer without room costs too.
                left--;
            }
            requests.Publish();
            if (left <= 0)
            {
                if (requests.EnableNotifications()) LookAgain(queue);
                return;
            }
        }
        while (requests.EnableNotifications());
    }
}
