namespace Lamina.Core;

/// <summary>
/// Where a vCPU's access to a guest-physical address goes: to its local APIC, RAM, one of the machine's devices, or nobody.
/// Sizes are 1, 2, 4 or 8 bytes; the access does not cross a page.
/// </summary>
internal static class PhysicalBus
{
    /// <summary>
    /// Reads, zero-extended; all ones where nobody answers, which is counted. False when the vCPU has to wait for the answer (<see cref="DeviceRequests"/>).
    /// </summary>
    public static bool TryRead(VirtualCpu vcpu, ulong gpa, int size, out ulong value)
    {
        if (TryReadRam(vcpu.Machine.Memory, gpa, size, out value)) return true;
        if (IsLocalApic(vcpu, gpa, out ulong offset)) value = vcpu.Apic.ReadMemory(offset, size) & OperandSize.Mask(size);
        else if (vcpu.IsAway) return vcpu.Requests.TryAccess(DeviceAccessKind.ReadMemory, gpa, size, ref value);
        else value = ReadDevice(vcpu.Machine, gpa, size);
        return true;
    }

    /// <summary>
    /// Writes the low bytes of <paramref name="value"/>; dropped where nobody answers, which is counted. False, and nothing done, when the vCPU has to wait (<see cref="DeviceRequests"/>).
    /// </summary>
    public static bool TryWrite(VirtualCpu vcpu, ulong gpa, int size, ulong value)
    {
        if (TryWriteRam(vcpu.Machine.Memory, gpa, size, value)) return true;
        if (IsLocalApic(vcpu, gpa, out ulong offset)) vcpu.Apic.WriteMemory(offset, size, value & OperandSize.Mask(size));
        else if (!vcpu.IsAway) WriteDevice(vcpu.Machine, gpa, size, value);
        else return vcpu.Requests.TryPost(DeviceAccessKind.WriteMemory, gpa, size, value);
        return true;
    }

    /// <summary>A device's register. On the CPU that runs the VM's devices.</summary>
    public static ulong ReadDevice(VirtualMachine machine, ulong gpa, int size)
    {
        if (machine.Mmio.Find(gpa, size, out ulong offset) is { } device) return device.ReadMemory(offset, size) & OperandSize.Mask(size);
        machine.Counters.UnknownMemory++;
        return OperandSize.Mask(size);
    }

    /// <summary>A device's register. On the CPU that runs the VM's devices.</summary>
    public static void WriteDevice(VirtualMachine machine, ulong gpa, int size, ulong value)
    {
        if (machine.Mmio.Find(gpa, size, out ulong offset) is { } device) device.WriteMemory(offset, size, value & OperandSize.Mask(size));
        else machine.Counters.UnknownMemory++;
    }

    /// <summary>The local APIC's page is the vCPU's own: it comes before the machine's devices.</summary>
    private static bool IsLocalApic(VirtualCpu vcpu, ulong gpa, out ulong offset)
    {
        offset = gpa - vcpu.Apic.BaseAddress;
        return offset < LocalApic.PageSize && vcpu.Apic.IsMemoryMapped;
    }

    private static bool TryReadRam(GuestMemory memory, ulong gpa, int size, out ulong value)
    {
        value = 0;
        switch (size)
        {
            case 8: return memory.TryRead(gpa, out value);
            case 4:
                if (!memory.TryRead(gpa, out uint doubleword)) return false;
                value = doubleword;
                return true;
            case 2:
                if (!memory.TryRead(gpa, out ushort word)) return false;
                value = word;
                return true;
            default:
                if (!memory.TryRead(gpa, out byte single)) return false;
                value = single;
                return true;
        }
    }

    private static bool TryWriteRam(GuestMemory memory, ulong gpa, int size, ulong value) => size switch
    {
        8 => memory.TryWrite(gpa, value),
        4 => memory.TryWrite(gpa, (uint)value),
        2 => memory.TryWrite(gpa, (ushort)value),
        _ => memory.TryWrite(gpa, (byte)value),
    };
}
