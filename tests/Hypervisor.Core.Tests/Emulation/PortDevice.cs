using System.Collections.Generic;
using Lamina.Core;

namespace Lamina.Core.Tests.Emulation;

/// <summary>A device of ports that answers with a counter and remembers what it was given.</summary>
public sealed class PortDevice(uint first = 0x1122_3344) : Device
{
    public uint Next { get; set; } = first;
    public List<(ushort Port, int Size, uint Value)> Writes { get; } = [];
    public List<(ushort Port, int Size)> Reads { get; } = [];

    public override string Name => "ports";
    public override void Reset() { }

    public override uint ReadPort(ushort port, int size)
    {
        Reads.Add((port, size));
        return Next++;
    }

    public override void WritePort(ushort port, int size, uint value) => Writes.Add((port, size, value));
}
