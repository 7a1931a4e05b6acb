using Lamina.Core;

namespace Lamina.Devices;

/// <summary>
/// One end of a <see cref="Wire"/>: a network device is attached to it while its VM lives. What it refers to of that VM it must let go before the VM's arena is freed.
/// </summary>
public sealed class WireTerminal
{
    private VirtualMachine? _machine;
    private VmWork? _work;
    private bool _isReady;

    internal WireTerminal(Wire wire, WireDirection outgoing, WireDirection incoming)
    {
        Wire = wire;
        Outgoing = outgoing;
        Incoming = incoming;
    }

    /// <summary>The wire.</summary>
    public Wire Wire { get; }

    /// <summary>The other end.</summary>
    public WireTerminal Peer { get; internal set; } = null!;

    /// <summary>What this end has sent.</summary>
    public WireCounters Sent => Outgoing.Counters;

    /// <summary>Whether a device is attached.</summary>
    public bool IsAttached => _work is not null;

    /// <summary>Whether a driver works at this end.</summary>
    public bool IsReady => _isReady && !Wire.IsDown;

    /// <summary>Whether this end has a link: a driver works at the other end.</summary>
    public bool IsLinkUp => Peer.IsReady;

    /// <summary>What this end sends.</summary>
    internal WireDirection Outgoing { get; }

    /// <summary>What comes to this end.</summary>
    internal WireDirection Incoming { get; }

    /// <summary>
    /// A device's VM is built: <paramref name="work"/> is posted to <paramref name="machine"/> when there is something for the device, or its link changes. False, and nothing
    /// done, when another is attached.
    /// </summary>
    internal bool TryAttach(VirtualMachine machine, VmWork work)
    {
        if (IsAttached) return false;
        _machine = machine;
        _work = work;
        bool wasDown = Wire.IsDown;
        Wire.IsDown = false;
        if (wasDown) Peer.Wake();
        return true;
    }

    /// <summary>
    /// The device's VM ends: by whoever ends it, also when the device is in no state to do so. It touches nothing of the VM. The other end sees its link down, and frames
    /// under way either way are dropped.
    /// </summary>
    public void Detach()
    {
        SetReady(false);
        _machine = null;
        _work = null;
    }

    /// <summary>Whether it is this device, known by its work, that is attached: after <see cref="Detach"/> a device has no business here any more.</summary>
    internal bool IsHeldBy(VmWork work) => ReferenceEquals(_work, work);

    /// <summary>The device's driver has begun or ended its work: the other end sees its link up or down. Frames that were under way before are dropped.</summary>
    internal void SetReady(bool ready)
    {
        if (_isReady == ready) return;
        Outgoing.Ring.Cancel();
        Incoming.Counters.DroppedAtReceiver += (ulong)Incoming.Ring.DropAll();
        Incoming.Ring.ConsumerWaits = false;
        _isReady = ready;
        Peer.Wake();
    }

    /// <summary>There is something for the device here to do, or its link has changed: it looks for itself.</summary>
    internal void Wake()
    {
        if (_work is not null) _machine!.Post(_work);
    }
}
