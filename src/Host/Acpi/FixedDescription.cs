namespace Lamina.Host;

/// <summary>What the FADT (ACPI 6.5, 5.2.9) says that we need: power-off, reset, the power management timer.</summary>
public readonly struct FixedDescription
{
    // Offsets in the table.
    private const int Dsdt = 40;
    private const int SmiCommand = 48;
    private const int AcpiEnable = 52;
    private const int Pm1aControlBlock = 64;
    private const int Pm1bControlBlock = 68;
    private const int PmTimerBlock = 76;
    private const int PmTimerLength = 91;
    private const int Flags = 112;
    private const int ResetRegisterField = 116;
    private const int ResetValueField = 128;
    private const int ExtendedDsdt = 140;
    private const int ExtendedPm1aControlBlock = 172;
    private const int ExtendedPm1bControlBlock = 184;
    private const int ExtendedPmTimerBlock = 208;

    private const uint TimerIs32Bits = 1 << 8;
    private const uint ResetSupported = 1 << 10;

    /// <summary>HPA of the DSDT; 0 when there is none.</summary>
    public readonly ulong DsdtAddress;

    /// <summary>The PM1a control register.</summary>
    public readonly AcpiRegister Pm1aControl;

    /// <summary>The PM1b control register; many machines have none.</summary>
    public readonly AcpiRegister Pm1bControl;

    /// <summary>The power management timer: 3.579545 MHz, 24 or 32 bits.</summary>
    public readonly AcpiRegister PmTimer;

    /// <summary>Whether <see cref="PmTimer"/> counts in 32 bits, not 24.</summary>
    public readonly bool PmTimerIs32Bits;

    /// <summary>The register that resets the machine; none when the machine does not say so.</summary>
    public readonly AcpiRegister ResetRegister;

    /// <summary>What to write to <see cref="ResetRegister"/>.</summary>
    public readonly byte ResetValue;

    /// <summary>The port that switches the machine to ACPI mode; 0 when it is always in it.</summary>
    public readonly uint SmiCommandPort;

    /// <summary>What to write to <see cref="SmiCommandPort"/>.</summary>
    public readonly byte AcpiEnableValue;

    /// <summary>Reads a FADT. Fields past its end are as if zero: older revisions are shorter.</summary>
    public FixedDescription(AcpiTable fadt)
    {
        ulong extendedDsdt = fadt.UInt64(ExtendedDsdt);
        DsdtAddress = extendedDsdt != 0 ? extendedDsdt : fadt.UInt32(Dsdt);
        Pm1aControl = Either(fadt, ExtendedPm1aControlBlock, Pm1aControlBlock);
        Pm1bControl = Either(fadt, ExtendedPm1bControlBlock, Pm1bControlBlock);
        PmTimer = fadt.Byte(PmTimerLength) == sizeof(uint) || fadt.UInt64(ExtendedPmTimerBlock + 4) != 0
            ? Either(fadt, ExtendedPmTimerBlock, PmTimerBlock)
            : default;
        uint flags = fadt.UInt32(Flags);
        PmTimerIs32Bits = (flags & TimerIs32Bits) != 0;
        if ((flags & ResetSupported) != 0)
            ResetRegister = new AcpiRegister(fadt, ResetRegisterField);
        ResetValue = fadt.Byte(ResetValueField);
        SmiCommandPort = fadt.UInt32(SmiCommand);
        AcpiEnableValue = fadt.Byte(AcpiEnable);
    }

    // The extended field, where it is there, replaces the port number of the old one.
    private static AcpiRegister Either(AcpiTable fadt, int extended, int port)
    {
        var register = new AcpiRegister(fadt, extended);
        return register.Exists ? register : new AcpiRegister(AcpiAddressSpace.Port, fadt.UInt32(port));
    }
}
