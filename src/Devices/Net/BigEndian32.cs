using System.Buffers.Binary;

namespace Lamina.Devices;

/// <summary>A 32-bit field of a network header, in network byte order.</summary>
internal struct BigEndian32
{
    private uint _raw;

    /// <summary>Its value.</summary>
    public uint Value
    {
        readonly get => BinaryPrimitives.ReverseEndianness(_raw);
        set => _raw = BinaryPrimitives.ReverseEndianness(value);
    }
}
