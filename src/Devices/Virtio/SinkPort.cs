using System;
using Lamina.Core;

namespace Lamina.Devices;

/// <summary>A console whose output goes to a <see cref="ByteSink"/>: hvc0.</summary>
public sealed class SinkPort(ByteSink sink) : ConsolePort("", isConsole: true, InputCapacity)
{
    private const int InputCapacity = 256;

    /// <inheritdoc/>
    protected internal override void Receive(ReadOnlySpan<byte> bytes) => sink.Write(bytes);
}
