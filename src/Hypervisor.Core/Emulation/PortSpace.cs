using System.Runtime.CompilerServices;

namespace Lamina.Core;

/// <summary>I/O ports as a VM's instructions meet them. Sizes are 1, 2 or 4 bytes.</summary>
internal static class PortSpace
{
    /// <summary>Reads, zero-extended; all ones where nobody answers, which is counted. False when the vCPU has to wait for the answer (<see cref="DeviceRequests"/>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(VirtualCpu vcpu, ushort port, int size, out uint value)
    {
        if (!vcpu.IsAway)
        {
            value = ReadDevice(vcpu.Machine, port, size);
            return true;
        }
        return TryReadAway(vcpu, port, size, out value);
    }

    /// <summary>Writes the low bytes of <paramref name="value"/>; dropped where nobody answers, which is counted. False when the vCPU has to wait until it is done.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryWrite(VirtualCpu vcpu, ushort port, int size, uint value)
    {
        if (!vcpu.IsAway)
        {
            WriteDevice(vcpu.Machine, port, size, value);
            return true;
        }
        return TryWriteAway(vcpu, port, size, value);
    }

    /// <summary>Reads, on the CPU that runs the VM's devices.</summary>
    public static uint ReadDevice(VirtualMachine machine, ushort port, int size)
    {
        if (!IsOneDevices(machine.Ports, port, size))
        {
            uint value = 0;
            for (int i = 0; i < size; i++) value |= ReadDevice(machine, (ushort)(port + i), 1) << (i * 8);
            return value;
        }
        if (machine.Ports[port] is { } device) return device.ReadPort(port, size) & (uint)OperandSize.Mask(size);
        machine.Counters.UnknownPorts++;
        return (uint)OperandSize.Mask(size);
    }

    /// <summary>Writes, on the CPU that runs the VM's devices.</summary>
    public static void WriteDevice(VirtualMachine machine, ushort port, int size, uint value)
    {
        if (!IsOneDevices(machine.Ports, port, size))
        {
            for (int i = 0; i < size; i++) WriteDevice(machine, (ushort)(port + i), 1, value >> (i * 8));
            return;
        }
        if (machine.Ports[port] is { } device) device.WritePort(port, size, value & (uint)OperandSize.Mask(size));
        else machine.Counters.UnknownPorts++;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryReadAway(VirtualCpu vcpu, ushort port, int size, out uint value)
    {
        ulong answer = 0;
        bool isAnswered = vcpu.Requests.TryAccess(DeviceAccessKind.ReadPort, port, size, ref answer);
        value = (uint)answer;
        return isAnswered;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryWriteAway(VirtualCpu vcpu, ushort port, int size, uint value)
    {
        if (vcpu.Machine.Ports[port] is { } device && device.PostsWrite(port)) return vcpu.Requests.TryPost(DeviceAccessKind.WritePort, port, size, value);
        ulong written = value;
        return vcpu.Requests.TryAccess(DeviceAccessKind.WritePort, port, size, ref written);
    }

    /// <summary>
    /// Whether an access is one device's (or nobody's): its first and last port say so, for a register in the midst of another (0xCF9 in
    /// 0xCF8 to 0xCFB) is met by bytes only. An access that goes over from a device to another is split into bytes, as an ISA bus does.
    /// </summary>
    private static bool IsOneDevices(PortBus ports, ushort port, int size) => size == 1 || ports[port] == ports[(ushort)(port + size - 1)];
}
