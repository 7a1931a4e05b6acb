namespace Lamina.Devices;

/// <summary>
/// A network device's control queue (virtio 1.2, 5.1.6.5). What a driver wants to receive is heard and has no effect: the other end of a wire sends nothing that is for someone
/// else, unless it means to.
/// </summary>
internal sealed class NetControl(VirtioNet device)
{
    private const byte Ok = 0, Error = 1;
    /// <summary>How many commands are done in one round.</summary>
    private const int MostCommands = 16;

    private readonly DescriptorChain _chain = new();

    /// <summary>One round of commands.</summary>
    public void Serve(Virtqueue queue)
    {
        int left = MostCommands;
        do
        {
            while (left > 0 && queue.TryTake(_chain))
            {
                left--;
                byte status = TryDo(_chain) ? Ok : Error;
                _chain.TryWrite(status);
                queue.Return(_chain);
            }
        }
        while (left > 0 && queue.EnableNotifications());
        queue.Publish();
        if (left == 0) device.SendAgain(queue);
    }

    private bool TryDo(DescriptorChain command)
    {
        if (!command.TryRead(out NetCommand name)) return false;
        switch (name)
        {
            case NetCommand.Promiscuous or NetCommand.AllMulticast:
                return device.Has(VirtioNetFeature.ControlReceive) && command.TryRead(out byte _);
            case NetCommand.SetMacTable:
                return device.Has(VirtioNetFeature.ControlReceive);
            case NetCommand.SetMacAddress:
                if (!device.Has(VirtioNetFeature.ControlMacAddress) || !command.TryRead(out uint start) || !command.TryRead(out ushort end)) return false;
                device.SetMac(start | (ulong)end << 32);
                return true;
            case NetCommand.SetQueuePairs:
                if (!device.Has(VirtioNetFeature.MultiQueue) || !command.TryRead(out ushort pairs) || pairs < 1 || pairs > device.QueuePairs) return false;
                device.ActivePairs = pairs;
                return true;
            case NetCommand.SetGuestOffloads:
                if (!device.Has(VirtioNetFeature.ControlGuestOffloads) || !command.TryRead(out ulong offloads)) return false;
                if ((offloads & ~(device.Features & VirtioNetFeature.GuestOffloads)) != 0) return false;
                device.SetGuestOffloads(offloads);
                return true;
            default:
                return false;
        }
    }
}
