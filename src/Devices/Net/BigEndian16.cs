using System.Buffers.Binary;

namespace Lamina.Devices;

/// <summary>A 16-bit field of a network header, in network byte order.</summary>
internal struct BigEndian16
{
    private ushort _raw;

    /// <summary>Its value.</summary>
    public ushort Value
    {
        readonly get => BinaryPrimitives.ReverseEndianness(_raw);
        set => _raw = BinaryPrimitives.ReverseEndianness(value);
    }

    /// <summary>Its two bytes as they lie in memory: what <see cref="InternetChecksum"/> adds up.</summary>
    public ushort Raw
    {
        readonly get => _raw;
        set => _raw = value;
    }
}
