using System;

namespace Lamina.Core;

/// <summary>A virtio-net interface of one VM of a checked <see cref="BootManifest"/>.</summary>
public readonly ref struct InterfaceDescription
{
    /// <summary>What <see cref="WireIndex"/> is where no wire is plugged in.</summary>
    public const int NoWire = -1;

    internal InterfaceDescription(scoped in InterfaceRecord record, ReadOnlySpan<byte> name)
    {
        Name = name;
        MacAddress = record.MacAddress;
        QueuePairs = record.QueuePairs;
        Kind = record.Kind;
        WireIndex = (int)record.Wire;
    }

    /// <summary>In ASCII: of a port its own name, of a plug where it is plugged in, <c>VM.PORT</c>. No other interface of the VM has it.</summary>
    public ReadOnlySpan<byte> Name { get; }

    /// <summary>
    /// Its MAC address in bits 47:0, the first octet in bits 7:0, so that in memory the octets lie in order. It is unicast, and no other interface of the
    /// manifest has it.
    /// </summary>
    public ulong MacAddress { get; }

    /// <summary>How many pairs of a receive and a transmit queue it has: 1 to <see cref="ManifestRules.MaxQueuePairs"/>.</summary>
    public int QueuePairs { get; }

    /// <summary>Which end of a wire it is.</summary>
    public InterfaceKind Kind { get; }

    /// <summary>The index of its wire among the manifest's, or <see cref="NoWire"/>, which only a port can have: its link is down for ever.</summary>
    public int WireIndex { get; }
}
