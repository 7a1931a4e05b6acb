using Lamina.Core;

namespace Lamina.Devices;

/// <summary>
/// A PCI bus with one host bridge, reached by configuration mechanism #1 (PCI Local Bus 3.0, 3.2.2.3.2) or <see cref="PciEcam"/>, and the windows in which the functions' base address
/// registers lie. One bus, 32 devices of one function each. Where nobody answers, all ones are read and writes are lost.
/// </summary>
public sealed class PciHost : Device
{
    /// <summary>How many devices fit on the bus.</summary>
    public const int Devices = 32;

    /// <summary>The first configuration port.</summary>
    public const ushort AddressPort = 0xCF8;
    private const ushort DataPort = 0xCFC;

    // The configuration address.
    private const uint Enable = 1u << 31;
    private const uint AddressMask = Enable | 0x00FF_FFFC;
    /// <summary>Bus and function: only number 0 of each is there.</summary>
    private const uint BusAndFunctionMask = 0x00FF_0700;
    private const int DeviceShift = 11;
    private const uint DeviceMask = Devices - 1;
    private const uint RegisterMask = 0xFC;

    private const int LastBarEnd = (int)PciRegister.FirstBar + PciFunction.Bars * PciFunction.RegisterBytes;

    private const int PciLines = InterruptRouter.Lines - InterruptRouter.FirstPciLine;

    private readonly PciFunction?[] _functions = new PciFunction?[Devices];
    private readonly PciAddressMap _map = new();
    private uint _address;

    /// <summary>A bus with its host bridge.</summary>
    public PciHost() => _functions[0] = new PciHostBridge();

    /// <inheritdoc/>
    public override string Name => "PCI host";

    /// <summary>The interrupt line of a device's pin (0 for INTA to 3 for INTD): what _PRT says.</summary>
    public static int LineOf(int device, int pin) => InterruptRouter.FirstPciLine + (device + pin) % PciLines;

    /// <summary>Registers its ports and windows. False when something there is taken.</summary>
    public bool TryRegister(PortBus ports, MemoryBus memory) =>
        // The reset control register, a byte, lies in the midst of the address register.
        ports.TryRegister(this, AddressPort, ResetControl.Port - AddressPort)
        && ports.TryRegister(this, ResetControl.Port + 1, DataPort - ResetControl.Port - 1) && ports.TryRegister(this, DataPort, PciFunction.RegisterBytes)
        && ports.TryRegister(this, PciWindows.IoStart, PciWindows.IoLength)
        && memory.TryRegister(this, PciWindows.MemoryStart, PciWindows.MemoryLength);

    /// <summary>Plugs a function in, when the VM is built. False when there is one already, or no such device number (1 to 31).</summary>
    public bool TryAdd(int device, PciFunction function)
    {
        if (!IsFree(device)) return false;
        _functions[device] = function;
        return true;
    }

    /// <summary>Whether a function can be plugged in at a device number.</summary>
    public bool IsFree(int device) => (uint)device < Devices && _functions[device] is null;

    /// <summary>The guest writes a function's configuration space; as <see cref="PciFunction.WriteConfig"/>.</summary>
    internal void WriteConfig(PciFunction function, int offset, int size, uint value)
    {
        function.WriteConfig(offset, size, value);
        int register = offset & -PciFunction.RegisterBytes;
        if (register is (int)PciRegister.CommandStatus or >= (int)PciRegister.FirstBar and < LastBarEnd) _map.Rebuild(_functions);
    }

    /// <summary>The function of a device, or null; <paramref name="device"/> is taken modulo 32.</summary>
    internal PciFunction? FunctionOf(uint device) => _functions[device & DeviceMask];

    /// <inheritdoc/>
    public override void Reset()
    {
        _address = 0;
        foreach (var function in _functions) function?.Reset();
        _map.Rebuild(_functions);
    }

    /// <inheritdoc/>
    public override uint ReadPort(ushort port, int size)
    {
        if (IsAddress(port)) return size == PciFunction.RegisterBytes ? _address : uint.MaxValue;
        if (port < PciWindows.IoStart) return IsData(port, size) && Addressed is { } addressed ? addressed.ReadConfig(ConfigOffset(port), size) : uint.MaxValue;
        return _map.FindPort(port, size, out int bar, out ulong offset) is { } function ? (uint)function.ReadBar(bar, offset, size) : uint.MaxValue;
    }

    /// <inheritdoc/>
    /// <remarks>What lies in the window are registers of virtio devices, which reach memory anyway: a read waits for the writes before it.</remarks>
    public override bool PostsWrite(ushort port) => port >= PciWindows.IoStart;

    /// <inheritdoc/>
    public override void WritePort(ushort port, int size, uint value)
    {
        // First what is hot: doorbells.
        if (port >= PciWindows.IoStart) _map.FindPort(port, size, out int bar, out ulong offset)?.WriteBar(bar, offset, size, value);
        else if (IsAddress(port))
        {
            // Only a 32-bit access is one of this register.
            if (size == PciFunction.RegisterBytes) _address = value & AddressMask;
        }
        else if (IsData(port, size) && Addressed is { } function) WriteConfig(function, ConfigOffset(port), size, value);
    }

    /// <inheritdoc/>
    public override ulong ReadMemory(ulong offset, int size) =>
        _map.FindMemory(PciWindows.MemoryStart + offset, size, out int bar, out ulong within) is { } function ? function.ReadBar(bar, within, size) : ulong.MaxValue;

    /// <inheritdoc/>
    public override void WriteMemory(ulong offset, int size, ulong value) =>
        _map.FindMemory(PciWindows.MemoryStart + offset, size, out int bar, out ulong within)?.WriteBar(bar, within, size, value);

    private static bool IsAddress(ushort port) => port is >= AddressPort and < DataPort;

    /// <summary>An access of the data register that does not reach over its end.</summary>
    private static bool IsData(ushort port, int size) => port is >= DataPort and < PciWindows.IoStart && port + size <= DataPort + PciFunction.RegisterBytes;

    private int ConfigOffset(ushort port) => (int)(_address & RegisterMask) + (port - DataPort);

    private PciFunction? Addressed =>
        (_address & Enable) == 0 || (_address & BusAndFunctionMask) != 0 ? null : FunctionOf(_address >> DeviceShift);
}
