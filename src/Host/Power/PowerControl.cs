namespace Lamina.Host;

/// <summary>
/// Turns the machine off or starts it anew: by ACPI where it says how, else by what PCs do. Ports that only emulators have are touched only when the boot
/// parameters name them.
/// </summary>
public sealed unsafe class PowerControl
{
    // PM1 control (ACPI 6.5, 4.8.3.2.1).
    private const ushort SciEnable = 1 << 0;
    private const int SleepTypeShift = 10;
    private const ushort SleepTypeMask = 7 << SleepTypeShift;
    private const ushort SleepEnable = 1 << 13;

    private const ushort ResetControlPort = 0xCF9;
    private const byte SystemReset = 0x02;
    private const byte ResetCpu = 0x04;
    private const ushort KeyboardCommandPort = 0x64;
    private const byte PulseReset = 0xFE;
    private const int LongWait = 10_000_000;

    private readonly AcpiDescription _acpi;
    private readonly BootParameters _parameters;
    private readonly byte* _resetRegister;

    /// <summary>Notes how it is done; what is in memory is mapped now, as there may be no memory later.</summary>
    public PowerControl(AcpiDescription acpi, BootParameters parameters, HostAddressSpace space)
    {
        _acpi = acpi;
        _parameters = parameters;
        AcpiRegister reset = acpi.Fixed.ResetRegister;
        if (reset.Exists && reset.Space == AcpiAddressSpace.Memory && space.TryMapDevice(reset.Address, 1, out byte* register))
            _resetRegister = register;
    }

    /// <summary>What <see cref="PowerOff"/> will do, for the log.</summary>
    public string Describe()
    {
        if (_acpi.HasSoftOff && _acpi.Fixed.Pm1aControl.IsPort)
            return "ACPI S5";
        if (_parameters.HasBochsShutdown)
            return "Bochs' shutdown port";
        return _parameters.DebugExitPort != 0 ? "the emulator's debug-exit port" : "none: the machine halts, and can be switched off";
    }

    /// <summary>Turns the machine off. Returns only when there is no way to.</summary>
    public void PowerOff()
    {
        if (_acpi.HasSoftOff && _acpi.Fixed.Pm1aControl.IsPort)
        {
            EnterAcpiMode();
            Sleep(_acpi.Fixed.Pm1aControl, _acpi.SoftOff.Pm1a);
            if (_acpi.Fixed.Pm1bControl.IsPort)
                Sleep(_acpi.Fixed.Pm1bControl, _acpi.SoftOff.Pm1b);
            Wait();
        }

        EmulatorExit.TryEnd(_parameters, EmulatorExit.Success);
    }

    /// <summary>Starts the machine anew. Returns only when nothing worked.</summary>
    public void Reset()
    {
        AcpiRegister register = _acpi.Fixed.ResetRegister;
        if (_resetRegister != null)
            *_resetRegister = _acpi.Fixed.ResetValue;
        else if (register.IsPort)
            Instructions.WritePort8((ushort)register.Address, _acpi.Fixed.ResetValue);
        Wait();
        Instructions.WritePort8(ResetControlPort, SystemReset);
        Instructions.WritePort8(ResetControlPort, SystemReset | ResetCpu);
        Wait();
        Instructions.WritePort8(KeyboardCommandPort, PulseReset);
        Wait();
    }

    // Firmware may have left the machine in legacy mode, where PM1 control is firmware's (ACPI 6.5, 4.8.2.5).
    private void EnterAcpiMode()
    {
        FixedDescription description = _acpi.Fixed;
        var control = (ushort)description.Pm1aControl.Address;
        if (description.SmiCommandPort is 0 or > ushort.MaxValue || description.AcpiEnableValue == 0)
            return;
        if ((Instructions.ReadPort16(control) & SciEnable) != 0)
            return;
        Instructions.WritePort8((ushort)description.SmiCommandPort, description.AcpiEnableValue);
        for (int i = 0; i < LongWait && (Instructions.ReadPort16(control) & SciEnable) == 0; i++)
            Instructions.Pause();
    }

    private static void Sleep(AcpiRegister control, byte type)
    {
        var port = (ushort)control.Address;
        int value = (Instructions.ReadPort16(port) & ~SleepTypeMask) | (type << SleepTypeShift);
        Instructions.WritePort16(port, (ushort)value);
        Instructions.WritePort16(port, (ushort)(value | SleepEnable));
    }

    private static void Wait()
    {
        for (int i = 0; i < LongWait; i++)
            Instructions.Pause();
    }
}
