namespace Lamina.Core;

/// <summary>
/// Where a vCPU's access to a guest-physical address goes: to its local APIC, RAM, one of the machine's devices, or nobody.
/// Sizes are 1, 2, 4 or 8 bytes; the access does not cross a page.
/// </summary>
internal static class PhysicalBus
{
    /// <summary>Reads, zero-extended; all ones where nobody answers, which is counted.</summary>
    public static ulong Read(VirtualCpu vcpu, ulong gpa, int size)
    {
        if (TryReadRam(vcpu.Machine.Memory, gpa, size, out ulong value)) return value;
        if (Find(vcpu, gpa, size, out ulong offset) is { } device) return device.ReadMemory(offset, size) & OperandSize.Mask(size);
        vcpu.Machine.Counters.UnknownMemory++;
        return OperandSize.Mask(size);
    }

    /// <summary>Writes the low bytes of <paramref name="value"/>; dropped where nobody answers, which is counted.</summary>
    public static void Write(VirtualCpu vcpu, ulong gpa, int size, ulong value)
    {
        if (TryWriteRam(vcpu.Machine.Memory, gpa, size, value)) return;
        if (Find(vcpu, gpa, size, out ulong offset) is { } device) device.WriteMemory(offset, size, value & OperandSize.Mask(size));
        else vcpu.Machine.Counters.UnknownMemory++;
    }

    /// <summary>The local APIC's page is the vCPU's own: it comes before the machine's devices.</summary>
    private static Device? Find(VirtualCpu vcpu, ulong gpa, int size, out ulong offset)
    {
        offset = gpa - vcpu.Apic.BaseAddress;
        if (offset < LocalApic.PageSize && vcpu.Apic.IsMemoryMapped) return vcpu.Apic;
        return vcpu.Machine.Mmio.Find(gpa, size, out offset);
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
