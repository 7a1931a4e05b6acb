namespace Lamina.Core;

/// <summary>I/O ports as a VM's instructions meet them. Sizes are 1, 2 or 4 bytes.</summary>
internal static class PortSpace
{
    /// <summary>Reads, zero-extended; all ones where nobody answers, which is counted.</summary>
    public static uint Read(VirtualMachine machine, ushort port, int size)
    {
        if (!IsOneDevices(machine.Ports, port, size))
        {
            uint value = 0;
            for (int i = 0; i < size; i++) value |= Read(machine, (ushort)(port + i), 1) << (i * 8);
            return value;
        }
        if (machine.Ports[port] is { } device) return device.ReadPort(port, size) & (uint)OperandSize.Mask(size);
        machine.Counters.UnknownPorts++;
        return (uint)OperandSize.Mask(size);
    }

    /// <summary>Writes the low bytes of <paramref name="value"/>; dropped where nobody answers, which is counted.</summary>
    public static void Write(VirtualMachine machine, ushort port, int size, uint value)
    {
        if (!IsOneDevices(machine.Ports, port, size))
        {
            for (int i = 0; i < size; i++) Write(machine, (ushort)(port + i), 1, value >> (i * 8));
            return;
        }
        if (machine.Ports[port] is { } device) device.WritePort(port, size, value & (uint)OperandSize.Mask(size));
        else machine.Counters.UnknownPorts++;
    }

    /// <summary>
    /// Whether an access is one device's (or nobody's): its first and last port say so, for a register in the midst of another (0xCF9 in
    /// 0xCF8 to 0xCFB) is met by bytes only. An access that goes over from a device to another is split into bytes, as an ISA bus does.
    /// </summary>
    private static bool IsOneDevices(PortBus ports, ushort port, int size) => size == 1 || ports[port] == ports[(ushort)(port + size - 1)];
}
