using Lamina.Core;

namespace Lamina.Devices;

/// <summary>
/// From a network device's transmit queues into its wire. A frame is copied first and looked at then: what the guest writes meanwhile has no effect. When a wire that lets frames
/// wait is full, or its rate is used up, chains stay in their queue, unasked for, until the other end has taken enough or a deadline is due: nothing polls.
/// </summary>
internal sealed class NetTransmitter
{
    private readonly VirtioNet _device;
    private readonly WireTerminal _end;
    private readonly WireDirection _direction;
    private readonly DescriptorChain _chain = new();
    private readonly Resumption _resumption;

    public NetTransmitter(VirtioNet device, VirtualMachine machine, WireTerminal end)
    {
        _device = device;
        _end = end;
        _direction = end.Outgoing;
        // Its VM's own: withdrawn with it, though nobody asks a device of a VM that is over.
        _resumption = new Resumption(device) { Owner = machine };
    }

    /// <summary>What the driver may leave undone.</summary>
    public NetOffloads Agreed { get; set; }

    /// <summary>Whether frames wait for room or for the rate.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>As after the device's reset.</summary>
    public void Reset()
    {
        Agreed = NetOffloads.None;
        IsWaiting = false;
        _device.Cpu.Deadlines.Withdraw(_resumption);
    }

    /// <summary>Goes on with what waits.</summary>
    public void SendAll()
    {
        IsWaiting = false;
        for (int pair = 0; pair < _device.QueuePairs; pair++) Send(pair);
    }

    /// <summary>One round of a pair's frames.</summary>
    public void Send(int pair)
    {
        var queue = _device.Queues[VirtioNet.QueueOf(pair) + 1];
        bool hasLink = _end.IsLinkUp;
        ulong sent = _direction.Counters.SentFrames;
        int frames = VirtioNet.MostFrames, bytes = VirtioNet.MostBytes;
        queue.DisableNotifications();
        while (true)
        {
            if (!queue.HasAvailable)
            {
                if (queue.EnableNotifications()) continue;
                break;
            }
            if (frames-- == 0 || bytes <= 0)
            {
                _device.SendAgain(queue);
                break;
            }
            bool drop = !hasLink;
            if (hasLink && !MayGo(out drop))
            {
                IsWaiting = true;
                break;
            }
            if (!queue.TryTake(_chain)) break;
            if (drop) _direction.Counters.DroppedAtSender++;
            else bytes -= Send(_chain, (byte)pair);
            queue.Return(_chain);
        }
        queue.Publish();
        // Chains were returned if frames were sent, so there was a full fence in Publish, between the ring's index and this flag: see WireRing.
        if (_direction.Counters.SentFrames != sent && !_direction.Ring.ConsumerWaits) _end.WakePeer();
    }

    /// <summary>Whether the next frame may leave its queue now: to go, or to be dropped. If not, it is seen to that sending goes on when it may.</summary>
    private bool MayGo(out bool drop)
    {
        drop = false;
        bool isFast = _direction.Tokens.IsLimited && !_direction.Tokens.IsReady(_device.Cpu.ReadTsc());
        if (!isFast && _direction.Ring.HasRoom) return true;
        drop = _direction.Drops;
        if (drop) return true;
        if (!isFast) return !_direction.Ring.TryWaitForRoom();
        _device.Cpu.Arm(_resumption, _direction.Tokens.ResumeAt(_device.Cpu.ReadTsc()));
        return false;
    }

    /// <summary>Sends a frame that has room, or refuses it. Says how many bytes were copied.</summary>
    private int Send(DescriptorChain chain, byte pair)
    {
        var counters = _direction.Counters;
        int length = chain.ReadableBytes - VirtioNetHeader.Size;
        if (length is < EthernetHeader.Size or > WireRing.MaxFrameBytes)
        {
            counters.Refused++;
            return 0;
        }
        chain.TryRead(out VirtioNetHeader header);
        var frame = _direction.Ring.Reserve(length);
        chain.Read(frame);
        if (FrameCheck.TryAccept(header, frame, Agreed, out var record))
        {
            record.QueuePair = pair;
            _direction.Ring.Commit(record);
            if (_direction.Tokens.IsLimited) _direction.Tokens.Take(length, _device.Cpu.ReadTsc());
            counters.SentFrames++;
            counters.SentBytes += (ulong)length;
        }
        else counters.Refused++;
        return length;
    }

    /// <summary>The rate allows the next frame.</summary>
    private sealed class Resumption(VirtioNet device) : Deadline
    {
        public override void Expire(ulong now) => device.WorkAgain();
    }
}
