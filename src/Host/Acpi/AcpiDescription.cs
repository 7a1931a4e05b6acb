using System;

namespace Lamina.Host;

/// <summary>
/// All that ACPI told us of this machine, each part with what holds when its table is missing or broken: the machine
/// still starts.
/// </summary>
public sealed class AcpiDescription
{
    // HPET table (IA-PC HPET specification 1.0a, 3.2.4): the base address is a generic address structure.
    private const int HpetAddressField = 40;

    // MCFG (PCI Firmware Specification 3.3, 4.1.2): entries of base address, segment, first and last bus.
    private const int McfgFirstEntry = 44;
    private const int McfgEntrySize = 16;

    /// <summary>Reads all tables that we know.</summary>
    /// <param name="rootPointer">The bytes of the root pointer; empty when there is none.</param>
    /// <param name="memory">Where the tables are.</param>
    public AcpiDescription(ReadOnlySpan<byte> rootPointer, PhysicalBytes memory)
    {
        if (!AcpiRoot.TryOpen(rootPointer, memory, out AcpiRoot root))
            return;
        IsPresent = true;
        if (root.TryFind(memory, "APIC", out AcpiTable madt))
            InterruptControllers = new InterruptControllers(madt);
        if (root.TryFind(memory, "HPET", out AcpiTable hpet))
        {
            var register = new AcpiRegister(hpet, HpetAddressField);
            HpetAddress = register.Space == AcpiAddressSpace.Memory ? register.Address : 0;
        }

        if (root.TryFind(memory, "MCFG", out AcpiTable mcfg) && mcfg.Bytes.Length >= McfgFirstEntry + McfgEntrySize)
            PciConfigurationAddress = mcfg.UInt64(McfgFirstEntry);
        if (!root.TryFind(memory, "FACP", out AcpiTable fadt))
            return;
        HasFixedDescription = true;
        Fixed = new FixedDescription(fadt);
        HasSoftOff = TryFindSoftOff(root, memory, Fixed.DsdtAddress, out SleepTypes types);
        SoftOff = types;
    }

    /// <summary>Whether there is a usable root pointer and list of tables.</summary>
    public bool IsPresent { get; }

    /// <summary>The MADT's words; null when there is none.</summary>
    public InterruptControllers? InterruptControllers { get; }

    /// <summary>HPA of the HPET's registers; 0 when there is none.</summary>
    public ulong HpetAddress { get; }

    /// <summary>HPA of the memory-mapped PCI configuration space of segment 0's first bus; 0 when there is none.</summary>
    public ulong PciConfigurationAddress { get; }

    /// <summary>Whether <see cref="Fixed"/> was read.</summary>
    public bool HasFixedDescription { get; }

    /// <summary>The FADT's words.</summary>
    public FixedDescription Fixed { get; }

    /// <summary>Whether <see cref="SoftOff"/> was found.</summary>
    public bool HasSoftOff { get; }

    /// <summary>The values for power-off.</summary>
    public SleepTypes SoftOff { get; }

    private static bool TryFindSoftOff(AcpiRoot root, PhysicalBytes memory, ulong dsdtAddress, out SleepTypes types)
    {
        if (AcpiTable.TryOpen(memory, dsdtAddress, out AcpiTable dsdt) && SleepTypes.TryFind(dsdt.Bytes[AcpiTable.HeaderSize..], out types))
            return true;
        int count = root.Count(memory);
        for (int i = 0; i < count; i++)
        {
            if (root.TryOpenTable(memory, i, out AcpiTable table) && table.Signature == AcpiTable.SignatureOf("SSDT")
                && SleepTypes.TryFind(table.Bytes[AcpiTable.HeaderSize..], out types))
                return true;
        }

        types = default;
        return false;
    }
}
