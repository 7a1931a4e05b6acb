using System.Runtime.InteropServices;

namespace Lamina.Core;

/// <summary>A virtio-net interface of one VM.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public struct InterfaceRecord
{
    /// <summary>What <see cref="Wire"/> is where no wire is plugged in.</summary>
    public const uint NoWire = uint.MaxValue;

    /// <summary>Its MAC address, the first octet in bits 7:0: <see cref="ManifestRules.IsMacAddress"/>, and no other interface has it.</summary>
    public ulong MacAddress;

    /// <summary>A port's name, <see cref="ManifestRules.IsPortName"/>; a plug is called after the port that it is in, <c>VM.PORT</c>.</summary>
    public ManifestString Name;

    /// <summary>The index of its <see cref="WireRecord"/>, or <see cref="NoWire"/>, which only a port may have.</summary>
    public uint Wire;

    /// <summary>How many pairs of a receive and a transmit queue it has.</summary>
    public ushort QueuePairs;

    /// <summary>Which end of a wire it is.</summary>
    public InterfaceKind Kind;

    /// <summary>Zero.</summary>
    public byte Reserved;
}
