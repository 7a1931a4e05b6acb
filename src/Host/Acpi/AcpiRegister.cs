namespace Lamina.Host;

/// <summary>A register that ACPI describes by a generic address structure (ACPI 6.5, 5.2.3.2).</summary>
public readonly struct AcpiRegister
{
    /// <summary>Bytes of the structure.</summary>
    public const int Size = 12;

    /// <summary>Which space <see cref="Address"/> is in.</summary>
    public readonly AcpiAddressSpace Space;

    /// <summary>HPA, port number or PCI address; 0 when there is no such register.</summary>
    public readonly ulong Address;

    /// <summary>Describes a register.</summary>
    public AcpiRegister(AcpiAddressSpace space, ulong address)
    {
        Space = space;
        Address = address;
    }

    /// <summary>Reads the structure at an offset of a table; past its end there is no register.</summary>
    public AcpiRegister(AcpiTable table, int offset)
    {
        if (offset > table.Bytes.Length - Size)
            return;
        Space = (AcpiAddressSpace)table.Byte(offset);
        Address = table.UInt64(offset + 4);
    }

    /// <summary>Whether there is such a register.</summary>
    public bool Exists => Address != 0;

    /// <summary>Whether it is an I/O port, with a number that a port can have.</summary>
    public bool IsPort => Exists && Space == AcpiAddressSpace.Port && Address <= ushort.MaxValue;
}
