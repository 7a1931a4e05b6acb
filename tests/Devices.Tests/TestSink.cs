using System.Collections.Generic;
using System.Text;
using Lamina.Core;

namespace Lamina.Devices.Tests;

/// <summary>Remembers what was printed.</summary>
public sealed class TestSink : ByteSink
{
    private readonly List<byte> _bytes = [];

    public string Text => Encoding.Latin1.GetString(_bytes.ToArray());

    public override void Write(byte value) => _bytes.Add(value);
}
