using System;

namespace Lamina.Devices;

/// <summary>
/// The port on which a guest says that it does what it is there for: it writes the line <c>ready</c> to <c>/dev/virtio-ports/lamina.ready</c>. It is heard once a start; other
/// lines mean nothing.
/// </summary>
public abstract class ReadyPort() : ConsolePort(PortName, isConsole: false, inputCapacity: 0)
{
    /// <summary>Its name.</summary>
    public const string PortName = "lamina.ready";

    private readonly byte[] _line = new byte[16];
    private int _length;

    private static ReadOnlySpan<byte> Word => "ready"u8;

    /// <summary>Whether the guest has said so since its start.</summary>
    public bool IsReady { get; private set; }

    /// <summary>The guest said so, for the first time since its start. On the exit way.</summary>
    protected abstract void Ready();

    /// <inheritdoc/>
    protected internal sealed override void Receive(ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            if (value == '\n') EndLine();
            // One too long is not it.
            else if (_length < _line.Length) _line[_length++] = value;
        }
    }

    /// <inheritdoc/>
    protected internal sealed override void OpenChanged() => _length = 0;

    /// <inheritdoc/>
    protected internal sealed override void Reset()
    {
        _length = 0;
        IsReady = false;
    }

    private void EndLine()
    {
        var line = _line.AsSpan(0, _length);
        if (!line.IsEmpty && line[^1] == '\r') line = line[..^1];
        _length = 0;
        if (IsReady || !line.SequenceEqual(Word)) return;
        IsReady = true;
        Ready();
    }
}
