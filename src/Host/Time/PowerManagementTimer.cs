namespace Lamina.Host;

/// <summary>ACPI's power management timer (ACPI 6.5, 4.8.3.3), at an I/O port.</summary>
public sealed class PowerManagementTimer : ReferenceTimer
{
    private const uint Mask24Bits = (1 << 24) - 1;

    private readonly ushort _port;

    private PowerManagementTimer(ushort port, bool is32Bits)
    {
        _port = port;
        Mask = is32Bits ? uint.MaxValue : Mask24Bits;
    }

    /// <inheritdoc/>
    public override string Name => "ACPI power management timer";

    /// <inheritdoc/>
    public override ulong Frequency => 3_579_545;

    /// <inheritdoc/>
    public override uint Mask { get; }

    /// <summary>The timer that the FADT describes; null when there is none at a port.</summary>
    public static PowerManagementTimer? Open(in FixedDescription description) => description.PmTimer.IsPort
        ? new PowerManagementTimer((ushort)description.PmTimer.Address, description.PmTimerIs32Bits)
        : null;

    /// <inheritdoc/>
    public override uint Read() => Instructions.ReadPort32(_port) & Mask;
}
