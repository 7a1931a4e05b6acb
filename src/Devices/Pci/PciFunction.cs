using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Lamina.Core;

namespace Lamina.Devices;

/// <summary>
/// A PCI function with a type 0 header (PCI Local Bus 3.0, chapter 6). What of its configuration space a guest can change is said by a mask for each register; that is
/// also all there is to the sizing of base address registers: the address bits below the size cannot be written, so all ones read back as the size's mask.
/// <para>Base address registers start at 0 and undecoded: the guest's system places them in the host bridge's windows.</para>
/// </summary>
public abstract class PciFunction
{
    /// <summary>How many base address registers there are.</summary>
    public const int Bars = 6;

    /// <summary>Bytes of configuration space.</summary>
    internal const int ConfigBytes = 256;
    /// <summary>Bytes of one of its registers.</summary>
    internal const int RegisterBytes = sizeof(uint);

    private const int BitsPerByte = 8;
    private const uint CacheLineAndLatency = 0xFFFF;
    private const uint InterruptLineMask = 0xFF;
    private const int InterruptPinShift = 8;
    private const int HighWordShift = 16;
    private const PciCommand WritableCommand = PciCommand.IoSpace | PciCommand.MemorySpace | PciCommand.BusMaster | PciCommand.ParityErrorResponse
        | PciCommand.SystemErrorEnable | PciCommand.InterruptDisable;

    private readonly uint[] _registers = new uint[ConfigBytes / RegisterBytes];
    private readonly uint[] _writable = new uint[ConfigBytes / RegisterBytes];
    private readonly ulong[] _barSizes = new ulong[Bars];
    private int _link = (int)PciRegister.Capabilities;
    private int _nextCapability = (int)PciRegister.FirstCapability;
    private InterruptLine? _line;

    /// <summary>A function with an identity; <paramref name="interruptPin"/> is 1 to 4 for INTA to INTD, 0 for none.</summary>
    protected PciFunction(in PciIdentity identity, byte interruptPin)
    {
        InterruptPin = interruptPin;
        Define((int)PciRegister.Id, identity.Vendor | (uint)identity.Device << HighWordShift, 0);
        Define((int)PciRegister.CommandStatus, 0, (uint)WritableCommand);
        Define((int)PciRegister.Class, identity.Revision | identity.ClassCode << BitsPerByte, 0);
        Define((int)PciRegister.CacheLatencyHeader, 0, CacheLineAndLatency);
        Define((int)PciRegister.Subsystem, identity.SubsystemVendor | (uint)identity.Subsystem << HighWordShift, 0);
        Define((int)PciRegister.Interrupt, (uint)interruptPin << InterruptPinShift, InterruptLineMask);
    }

    /// <summary>The command register.</summary>
    public PciCommand Command => (PciCommand)Register(PciRegister.CommandStatus);

    /// <summary>Which interrupt pin it uses: 1 to 4 for INTA to INTD, 0 for none.</summary>
    public byte InterruptPin { get; }

    private PciStatus Status
    {
        get => (PciStatus)(Register(PciRegister.CommandStatus) >> HighWordShift);
        set => Register(PciRegister.CommandStatus) = (uint)Command | (uint)value << HighWordShift;
    }

    /// <summary>Wires its interrupt pin: when it is plugged in.</summary>
    public void Connect(InterruptLine line) => _line = line;

    /// <summary>Power-on: all that a guest can write is 0 again. The board has its lines at rest already.</summary>
    public virtual void Reset()
    {
        for (int i = 0; i < _registers.Length; i++) _registers[i] &= ~_writable[i];
        Status &= ~PciStatus.InterruptStatus;
    }

    /// <summary>Reads 1, 2 or 4 bytes of configuration space within one register; <paramref name="offset"/> is 0 to 255.</summary>
    public uint ReadConfig(int offset, int size)
    {
        ConfigReading(offset);
        return _registers[offset / RegisterBytes] >> BitsPerByte * (offset % RegisterBytes);
    }

    /// <summary>
    /// Writes 1, 2 or 4 bytes of configuration space within one register. Called by the bus, which has to know when base address registers change.
    /// </summary>
    public void WriteConfig(int offset, int size, uint value)
    {
        int shift = BitsPerByte * (offset % RegisterBytes);
        uint mask = (size == RegisterBytes ? uint.MaxValue : (1u << BitsPerByte * size) - 1) << shift & _writable[offset / RegisterBytes];
        ref uint register = ref _registers[offset / RegisterBytes];
        register = register & ~mask | value << shift & mask;
        if (offset / RegisterBytes == (int)PciRegister.CommandStatus / RegisterBytes) DriveLine();
        ConfigWritten(offset);
    }

    /// <summary>Where a base address register lies. False when there is none of that number, or the command register does not let it decode.</summary>
    internal bool TryGetBar(int bar, out PciBarKind kind, out ulong address, out ulong size)
    {
        kind = KindOf(bar);
        address = 0;
        size = _barSizes[bar];
        if (size == 0 || (Command & (kind == PciBarKind.Io ? PciCommand.IoSpace : PciCommand.MemorySpace)) == 0) return false;
        address = BarAddress(bar);
        return true;
    }

    /// <summary>Bytes of what a base address register decodes; 0 when there is none of that number.</summary>
    internal ulong BarSize(int bar) => (uint)bar < Bars ? _barSizes[bar] : 0;

    /// <summary>Reads from what a base address register decodes; as <see cref="Device.ReadMemory"/>.</summary>
    public virtual ulong ReadBar(int bar, ulong offset, int size) => ulong.MaxValue;

    /// <summary>Writes to what a base address register decodes; as <see cref="Device.WriteMemory"/>.</summary>
    public virtual void WriteBar(int bar, ulong offset, int size, ulong value) { }

    /// <summary>Asserts its interrupt pin or takes that back; the command register may keep it from the line.</summary>
    internal void SetInterrupt(bool asserted)
    {
        if (asserted == ((Status & PciStatus.InterruptStatus) != 0)) return;
        Status ^= PciStatus.InterruptStatus;
        DriveLine();
    }

    /// <summary>
    /// Gives it a base address register: when it is made. <paramref name="size"/> is a power of two, at least 16 for memory and 4 for ports.
    /// </summary>
    protected void DefineBar(int bar, PciBarKind kind, ulong size)
    {
        _barSizes[bar] = size;
        ulong mask = ~(size - 1);
        Define((int)PciRegister.FirstBar + bar * RegisterBytes, (uint)kind, (uint)mask);
        if (kind == PciBarKind.Memory64) Define((int)PciRegister.FirstBar + (bar + 1) * RegisterBytes, 0, (uint)(mask >> 32));
    }

    /// <summary>
    /// Appends a capability (PCI Local Bus 3.0, 6.7), when it is made: a structure that begins with its ID; the pointer to the next, behind that, is filled in. Says at
    /// which offset it lies. A guest can write nothing of it but what <see cref="AllowWrites"/> says.
    /// </summary>
    protected int AddCapability<T>(in T capability) where T : unmanaged
    {
        int offset = _nextCapability;
        var config = MemoryMarshal.AsBytes(_registers.AsSpan());
        MemoryMarshal.Write(config[offset..], capability);
        config[_link] = (byte)offset;
        _link = offset + 1;
        config[_link] = 0;
        _nextCapability = (offset + Unsafe.SizeOf<T>() + RegisterBytes - 1) & -RegisterBytes;
        Status |= PciStatus.CapabilityList;
        return offset;
    }

    /// <summary>Lets a guest write bits of the register at an offset: when it is made.</summary>
    protected void AllowWrites(int offset, uint mask) => _writable[offset / RegisterBytes] = mask;

    /// <summary>The register at an offset in configuration space.</summary>
    protected ref uint RegisterAt(int offset) => ref _registers[offset / RegisterBytes];

    /// <summary>The guest is about to read configuration space at <paramref name="offset"/>: for capabilities whose registers are made when they are read.</summary>
    protected virtual void ConfigReading(int offset) { }

    /// <summary>The guest wrote configuration space at <paramref name="offset"/>: for capabilities.</summary>
    protected virtual void ConfigWritten(int offset) { }

    private void DriveLine() => _line?.Set((Status & PciStatus.InterruptStatus) != 0 && (Command & PciCommand.InterruptDisable) == 0);

    private PciBarKind KindOf(int bar) => (PciBarKind)(BarRegister(bar) & ~BarMask(bar));

    private ulong BarAddress(int bar)
    {
        uint low = BarRegister(bar) & BarMask(bar);
        return KindOf(bar) == PciBarKind.Memory64 ? low | (ulong)BarRegister(bar + 1) << 32 : low;
    }

    private uint BarRegister(int bar) => _registers[(int)PciRegister.FirstBar / RegisterBytes + bar];

    private uint BarMask(int bar) => _writable[(int)PciRegister.FirstBar / RegisterBytes + bar];

    private ref uint Register(PciRegister register) => ref _registers[(int)register / RegisterBytes];

    private void Define(int offset, uint value, uint writable)
    {
        _registers[offset / RegisterBytes] = value;
        _writable[offset / RegisterBytes] = writable;
    }
}
