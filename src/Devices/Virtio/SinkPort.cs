using System;
using Lamina.Core;

namespace Lamina.Devices;

/// <summary>A port whose output goes to a <see cref="ByteSink"/>: without a name a console, hvc0 in Linux, with one a port for programs.</summary>
public sealed class SinkPort(ByteSink sink, string name = "") : ConsolePort(name, isConsole: name.Length == 0, InputCapacity)
{
    private const int InputCapacity = 256;

    /// <inheritdoc/>
    protected internal override void Receive(ReadOnlySpan<byte> bytes) => sink.Write(bytes);
}
