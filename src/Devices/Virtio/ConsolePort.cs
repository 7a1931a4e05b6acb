using System;
using Lamina.Core;

namespace Lamina.Devices;

/// <summary>
/// The host's end of a port of a virtio console. What derives from it says what becomes of the guest's bytes; what it sends waits in a queue of its own until the guest has
/// room. In Linux a port is <c>/dev/virtio-ports/NAME</c>, and a console besides <c>/dev/hvcN</c>.
/// </summary>
public abstract class ConsolePort
{
    private readonly byte[] _name;
    private readonly ByteQueue _input;

    /// <summary>
    /// A port of a name, of ASCII characters; empty for none. <paramref name="isConsole"/> makes it a console. <paramref name="inputCapacity"/> is how many bytes can wait for
    /// the guest.
    /// </summary>
    protected ConsolePort(string name, bool isConsole, int inputCapacity)
    {
        _name = new byte[name.Length];
        for (int i = 0; i < name.Length; i++) _name[i] = (byte)name[i];
        IsConsole = isConsole;
        _input = new ByteQueue(inputCapacity);
    }

    /// <summary>Its name, for the guest's programs to find it by.</summary>
    public ReadOnlySpan<byte> Name => _name;

    /// <summary>Whether it is for a terminal.</summary>
    public bool IsConsole { get; }

    /// <summary>Whether the guest has it open.</summary>
    public bool IsOpen { get; internal set; }

    /// <summary>The device that has it, and the number of it there.</summary>
    internal VirtioConsole? Console { get; set; }
    internal int Number { get; set; }

    /// <summary>What the driver has to be told of it yet.</summary>
    internal ConsoleNews News { get; set; }

    /// <summary>The chain that is being printed: a long one takes more than one round.</summary>
    internal DescriptorChain Output { get; } = new();

    /// <summary>Whether <see cref="Output"/> is not done with.</summary>
    internal bool IsPrinting { get; set; }

    /// <summary>What waits for the guest.</summary>
    internal ByteQueue Input => _input;

    /// <summary>
    /// Sends a byte to the guest: it is put into its memory before the VM's next entry. May be called at any time. False when too much waits already, or the guest does not have the
    /// port open: nothing is lost, offer it again.
    /// </summary>
    public bool TrySend(byte value)
    {
        if (!IsOpen || !_input.TryAdd(value)) return false;
        Console!.InputCame(this);
        return true;
    }

    /// <summary>
    /// The guest has written these bytes; they are a copy. On the exit way: bounded, never waits.
    /// </summary>
    protected internal abstract void Receive(ReadOnlySpan<byte> bytes);

    /// <summary>The guest opened or closed it: <see cref="IsOpen"/>.</summary>
    protected internal virtual void OpenChanged() { }

    /// <summary>The device was reset: what it remembers of the guest goes.</summary>
    protected internal virtual void Reset() { }
}
