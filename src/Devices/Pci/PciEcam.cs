using Lamina.Core;

namespace Lamina.Devices;

/// <summary>
/// The memory-mapped way to configuration space (PCI Express Base 3.0, 7.2.2) of the one bus: 4 KiB a function, of which the functions here have 256 bytes. Beyond them all
/// ones are read, as of any conventional function.
/// <para>It is there because Linux warns of a host bridge without it.</para>
/// </summary>
internal sealed class PciEcam(PciHost host) : Device
{
    /// <summary>GPA of bus 0's part: between the memory window and the I/O APIC.</summary>
    public const ulong BaseAddress = IoApic.BaseAddress - Length;
    /// <summary>Bytes of one bus.</summary>
    public const ulong Length = 1 << 20;

    private const int DeviceAndFunctionShift = 12;
    private const ulong RegisterMask = (1 << DeviceAndFunctionShift) - 1;
    private const int FunctionBits = 3;
    private const uint FunctionMask = (1 << FunctionBits) - 1;

    /// <inheritdoc/>
    public override string Name => "PCI ECAM";

    /// <summary>Registers its memory. False when it is taken.</summary>
    public bool TryRegister(MemoryBus memory) => memory.TryRegister(this, BaseAddress, Length);

    /// <inheritdoc/>
    public override void Reset() { }

    /// <inheritdoc/>
    public override ulong ReadMemory(ulong offset, int size) => Find(offset, size)?.ReadConfig((int)(offset & RegisterMask), size) ?? ulong.MaxValue;

    /// <inheritdoc/>
    public override void WriteMemory(ulong offset, int size, ulong value)
    {
        if (Find(offset, size) is { } function) host.WriteConfig(function, (int)(offset & RegisterMask), size, (uint)value);
    }

    /// <summary>The function that an access within one 32-bit register is for.</summary>
    private PciFunction? Find(ulong offset, int size)
    {
        bool isOneRegister = (int)(offset % PciFunction.RegisterBytes) + size <= PciFunction.RegisterBytes;
        if (!isOneRegister || (offset & RegisterMask) >= PciFunction.ConfigBytes) return null;
        uint deviceAndFunction = (uint)(offset >> DeviceAndFunctionShift);
        return (deviceAndFunction & FunctionMask) != 0 ? null : host.FunctionOf(deviceAndFunction >> FunctionBits);
    }
}
