namespace Lamina.Devices;

/// <summary>
/// A wire between two network devices: what goes in at one end comes out at the other, and nowhere else. It belongs to the hypervisor, is made at boot from the manifest, and
/// outlives the VMs at its ends.
/// <para>
/// A VM's RAM can be reached only while that VM is loaded, so a frame is copied twice: the sender's exit copies it into the <see cref="WireRing"/> of that direction, and
/// work posted to the receiver copies it from there. Each pays for its own copy, and neither can hold up the other.
/// </para>
/// </summary>
public sealed class Wire
{
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
    /// A fault of the hypervisor's own code may have left it half-written: it is emptied, and both ends see their link down until a device is attached anew at either. Call it
    /// after the faulty VM's end was detached, on a CPU that alone is at work on it.
    /// </summary>
    public void Reset()
    {
        IsDown = true;
        First.Outgoing.Ring.Clear();
        Second.Outgoing.Ring.Clear();
        First.Wake();
        Second.Wake();
    }

    /// <summary>Whether it was reset and no device was attached since.</summary>
    internal bool IsDown { get; set; }
}
