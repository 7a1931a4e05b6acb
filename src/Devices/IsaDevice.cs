using Lamina.Core;

namespace Lamina.Devices;

/// <summary>
/// A device of 8-bit registers in I/O space. A wider access is split into byte accesses at ascending ports, as the ISA bus controller does;
/// bytes that fall on a port of somebody else are not passed on: they read as ones, and are not written.
/// </summary>
public abstract class IsaDevice : Device
{
    private const int BitsPerByte = 8;

    /// <summary>Reads one of its ports; ones for a port that is not its own.</summary>
    protected abstract byte ReadByte(ushort port);

    /// <summary>Writes one of its ports; nothing happens for a port that is not its own.</summary>
    protected abstract void WriteByte(ushort port, byte value);

    /// <inheritdoc/>
    public sealed override uint ReadPort(ushort port, int size)
    {
        uint value = ReadByte(port);
        for (int i = 1; i < size; i++) value |= (uint)ReadByte((ushort)(port + i)) << (BitsPerByte * i);
        return value;
    }

    /// <inheritdoc/>
    public sealed override void WritePort(ushort port, int size, uint value)
    {
        for (int i = 0; i < size; i++) WriteByte((ushort)(port + i), (byte)(value >> (BitsPerByte * i)));
    }
}
