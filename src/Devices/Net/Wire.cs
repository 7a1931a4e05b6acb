using System.Threading;

namespace Lamina.Devices;

/// <summary>
/// A wire between two network devices: what goes in at one end comes out at the other, and nowhere else. It belongs to the hypervisor, is made at boot from the manifest, and
/// outlives the VMs at its ends.
/// <para>
/// A VM's RAM can be reached only while that VM is loaded, so a frame is copied twice: the sender's exit copies it into the <see cref="WireRing"/> of that direction, and
/// work posted to the receiver copies it from there. Each pays for its own copy, and neither can hold up the other.
/// </para>
/// <para>Its ends may be on two CPUs: <see cref="WireTerminal"/> says who may do what, on which.</para>
/// </summary>
public sealed class Wire
{
    private bool _isDown;

    /// <summary>
    /// A wire whose ends are loose. <paramref name="fromFirst"/> is the policy of what the first end sends, <paramref name="fromSecond"/> of what the second sends;
    /// <paramref name="frequency"/> is the TSC's, in Hz.
    /// </summary>
    public Wire(string name, in WirePolicy fromFirst, in WirePolicy fromSecond, ulong frequency)
    {
        Name = name;
        var forth = new WireDirection(fromFirst, frequency);
        var back = new WireDirection(fromSecond, frequency);
        First = new WireTerminal(this, forth, back);
        Second = new WireTerminal(this, back, forth);
        First.Peer = Second;
        Second.Peer = First;
    }

    /// <summary>Its name in the manifest.</summary>
    public string Name { get; }

    /// <summary>One end.</summary>
    public WireTerminal First { get; }

    /// <summary>The other end.</summary>
    public WireTerminal Second { get; }

    /// <summary>
    /// A fault of the hypervisor's own code met the work of the VM at one end: both ends see their link down until a device is attached anew at either. By the supervisor, before
    /// it detaches the faulty VM's end, while that end is quiet; the other may be at work.
    /// <para>
    /// The rings are not touched. Each of their indices is one word, written when all is whole that it stands for, so a fault leaves a frame under way or not, never half of one. What
    /// the faulty VM had sent is cancelled by its end's being detached, what was sent to it is dropped; a record that makes no sense all the same takes all down that is under way
    /// with it, and nothing else (<see cref="WireRing.TryPeek"/>). A fault may have come before the other end was told of something: so both are.
    /// </para>
    /// </summary>
    public void Reset()
    {
        IsDown = true;
        First.WakeBySupervisor();
        Second.WakeBySupervisor();
    }

    /// <summary>Whether it was reset and no device was attached since. Written by the supervisor, read by any CPU.</summary>
    internal bool IsDown
    {
        get => Volatile.Read(ref _isDown);
        set => Volatile.Write(ref _isDown, value);
    }
}
