using System.Collections.Generic;

namespace Lamina.Host.Tests;

/// <summary>A VM's input device, with as much room as a test gives it.</summary>
internal sealed class TypedInput : InputSink
{
    /// <summary>How many more bytes it takes.</summary>
    public int Room { get; set; } = int.MaxValue;

    /// <summary>What it took.</summary>
    public List<byte> Bytes { get; } = [];

    public override bool TryWrite(byte value)
    {
        if (Room == 0)
            return false;
        Room--;
        Bytes.Add(value);
        return true;
    }
}
