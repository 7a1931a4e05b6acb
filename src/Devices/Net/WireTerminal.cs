using System.Threading;
using Lamina.Core;

namespace Lamina.Devices;

/// <summary>
/// One end of a <see cref="Wire"/>: a network device is attached to it while its VM lives. What it refers to of that VM it must let go before the VM's arena is freed.
/// <para>
/// The rule where the ends are on several CPUs: an end is acted for by one CPU at a time, its actor. While it is live that is its home, the CPU that runs the VM at it; while it is
/// quiet, as the VM is built, reset or ended, it is the supervisor's CPU. Between the two it goes by messages, so that each sees what the other wrote. The actor alone attaches and
/// detaches, says whether a driver works here, produces into the outgoing ring, consumes from the incoming one, and counts on its side of either. The other end's actor only looks
/// whether this end is ready, and wakes it: by the home's mailbox, unless it is on that CPU itself. Where it is live is written by the home alone, and asked on a wake by the CPU that would post: so
/// nobody posts to a VM that its home has let go of.
/// </para>
/// <para>
/// While it is quiet it may get another home. A wake may be on its way to the old one then, sent at any time by a CPU that had looked before: the old one finds the end not live there, and passes it on.
/// </para>
/// <para>An end that was not placed, as in tests, is always live, and whoever calls acts for it.</para>
/// </summary>
public sealed class WireTerminal
{
    private readonly WakeMail _mail;

    // The supervisor's CPU writes the first, while the end is quiet; any reads it. The other is set at boot, then never.
    private Cpu? _home, _supervisor;

    // The home's, but that the supervisor's CPU reads the actor while the end is quiet, and so it is its own.
    private Cpu? _actor;

    // The CPU on which it is live, which alone writes it; null while it is quiet, or is live on whichever CPU it may be as it was not placed.
    private Cpu? _liveOn;

    // The actor's. The home reads the first two for a wake while it is live, and is the actor then.
    private VirtualMachine? _machine;
    private VmWork? _work;
    private bool _isReady;

    internal WireTerminal(Wire wire, WireDirection outgoing, WireDirection incoming)
    {
        Wire = wire;
        Outgoing = outgoing;
        Incoming = incoming;
        _mail = new WakeMail(this);
    }

    /// <summary>The wire.</summary>
    public Wire Wire { get; }

    /// <summary>The other end.</summary>
    public WireTerminal Peer { get; internal set; } = null!;

    /// <summary>What this end has sent. For any CPU to read: each count is whole, and may be a moment old.</summary>
    public WireCounters Sent => Outgoing.Counters;

    /// <summary>Whether a device is attached. By the actor.</summary>
    public bool IsAttached => _work is not null;

    /// <summary>Whether a driver works at this end. By any CPU: who needs to hear of a change is woken after it.</summary>
    public bool IsReady => Volatile.Read(ref _isReady) && !Wire.IsDown;

    /// <summary>Whether this end has a link: a driver works at the other end. By any CPU.</summary>
    public bool IsLinkUp => Peer.IsReady;

    /// <summary>What this end sends.</summary>
    internal WireDirection Outgoing { get; }

    /// <summary>What comes to this end.</summary>
    internal WireDirection Incoming { get; }

    /// <summary>
    /// At boot, before a device is attached, and by the supervisor while it is quiet: <paramref name="home"/> runs the VMs at this end, <paramref name="supervisor"/> builds and ends them. It is quiet from then on,
    /// until <see cref="GoLive"/>.
    /// </summary>
    public void Place(Cpu home, Cpu supervisor)
    {
        Volatile.Write(ref _home, home);
        _supervisor = supervisor;
        _actor = supervisor;
        _liveOn = null;
    }

    /// <summary>
    /// On the home, when it has given the VM's vCPUs to its scheduler and before the first of them runs: what wakes the device is posted to the VM from now on. What came before was
    /// dropped, so the device looks once.
    /// </summary>
    public void GoLive()
    {
        Volatile.Write(ref _liveOn, _home);
        _actor = _home;
        Post(_home);
    }

    /// <summary>
    /// On the home, when it has taken the VM's vCPUs away and before it says so to the supervisor: nothing is posted to the VM any more. Nothing happens when it is quiet already.
    /// </summary>
    public void GoQuiet()
    {
        Volatile.Write(ref _liveOn, null);
        _actor = _supervisor;
    }

    /// <summary>
    /// A device's VM is built: <paramref name="work"/> is posted to <paramref name="machine"/> when there is something for the device, or its link changes. False, and nothing
    /// done, when another is attached. By the supervisor, while the end is quiet.
    /// </summary>
    internal bool TryAttach(VirtualMachine machine, VmWork work)
    {
        if (IsAttached) return false;
        _machine = machine;
        _work = work;
        bool wasDown = Wire.IsDown;
        Wire.IsDown = false;
        if (wasDown) Peer.Wake(_actor);
        return true;
    }

    /// <summary>
    /// The device's VM ends: by the supervisor while the end is quiet, also when the device is in no state to do so. It touches nothing of the VM. The other end sees its link down,
    /// and frames under way either way are dropped.
    /// </summary>
    public void Detach()
    {
        SetReady(false);
        _machine = null;
        _work = null;
    }

    /// <summary>Whether it is this device, known by its work, that is attached: after <see cref="Detach"/> a device has no business here any more. By the actor.</summary>
    internal bool IsHeldBy(VmWork work) => ReferenceEquals(_work, work);

    /// <summary>
    /// The device's driver has begun or ended its work: the other end sees its link up or down. Frames that were under way before are dropped. By the actor.
    /// </summary>
    internal void SetReady(bool ready)
    {
        if (_isReady == ready) return;
        Outgoing.Ring.Cancel();
        Incoming.Counters.DroppedAtReceiver += (ulong)Incoming.Ring.DropAll();
        Incoming.Ring.ConsumerWaits = false;
        // After the rings: who sees the link go down sees also what was cancelled. A frame that comes between is one of those that a sender who has not looked yet sends on.
        Volatile.Write(ref _isReady, ready);
        Peer.Wake(_actor);
    }

    /// <summary>There is something for the other end's device to do. By this end's actor.</summary>
    internal void WakePeer() => Peer.Wake(_actor);

    /// <summary>After <see cref="Wire.Reset"/>: its link is down. By the supervisor.</summary>
    internal void WakeBySupervisor() => Wake(_supervisor);

    // There is something for the device here to do, or its link has changed: it looks for itself. Only the home may ask whether it is live: whoever asked from elsewhere could
    // be told that it is quiet when it has just gone live, and looked for the last time before what it is woken for.
    private void Wake(Cpu? from)
    {
        // What it is woken for is there before its home is looked up: if that is just changing, it looks once at the new one, after that.
        Interlocked.MemoryBarrier();
        var home = Volatile.Read(ref _home);
        if (home is null || ReferenceEquals(home, from)) Post(home);
        else home.Send(_mail);
    }

    private void Post(Cpu? cpu)
    {
        if (ReferenceEquals(Volatile.Read(ref _liveOn), cpu) && _work is { } work) _machine!.Post(work);
    }

    /// <summary>A wake from another CPU, on its way to the home; one that has come to an old home goes on from there.</summary>
    private sealed class WakeMail(WireTerminal end) : CpuWork
    {
        public override void Run(Cpu cpu) => end.Wake(cpu);
    }
}
