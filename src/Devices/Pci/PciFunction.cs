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

    /// <summary>A function with an identity; <paramref name="interruptPin"/> is 1 to 4 for INTA to INTD, 0 for none.</summary>
    protected PciFunction(in PciIdentity identity, byte interruptPin)
    {
        Define(PciRegister.Id, identity.Vendor | (uint)identity.Device << HighWordShift, 0);
        Define(PciRegister.CommandStatus, 0, (uint)WritableCommand);
        Define(PciRegister.Class, identity.Revision | identity.ClassCode << BitsPerByte, 0);
        Define(PciRegister.CacheLatencyHeader, 0, CacheLineAndLatency);
        Define(PciRegister.Subsystem, identity.SubsystemVendor | (uint)identity.Subsystem << HighWordShift, 0);
        Define(PciRegister.Interrupt, (uint)interruptPin << InterruptPinShift, InterruptLineMask);
    }

    /// <summary>The command register.</summary>
    public PciCommand Command => (PciCommand)_registers[Index(PciRegister.CommandStatus)];

    /// <summary>Power-on: all that a guest can write is 0 again.</summary>
    public virtual void Reset()
    {
        for (int i = 0; i < _registers.Length; i++) _registers[i] &= ~_writable[i];
    }

    /// <summary>Reads 1, 2 or 4 bytes of configuration space within one register; <paramref name="offset"/> is 0 to 255.</summary>
    public uint ReadConfig(int offset, int size) => _registers[offset / RegisterBytes] >> BitsPerByte * (offset % RegisterBytes);

    /// <summary>Writes 1, 2 or 4 bytes of configuration space within one register.</summary>
    public void WriteConfig(int offset, int size, uint value)
    {
        int shift = BitsPerByte * (offset % RegisterBytes);
        uint mask = (size == RegisterBytes ? uint.MaxValue : (1u << BitsPerByte * size) - 1) << shift & _writable[offset / RegisterBytes];
        ref uint register = ref _registers[offset / RegisterBytes];
        register = register & ~mask | value << shift & mask;
        ConfigWritten(offset);
    }

    /// <summary>Which of its base address registers has all of an access, and how far into it that is. Only what the command register lets decode.</summary>
    public bool TryDecode(bool io, ulong address, int size, out int bar, out ulong offset)
    {
        bool enabled = (Command & (io ? PciCommand.IoSpace : PciCommand.MemorySpace)) != 0;
        for (bar = 0; enabled && bar < Bars; bar++)
        {
            if (_barSizes[bar] == 0 || (KindOf(bar) == PciBarKind.Io) != io) continue;
            offset = address - BarAddress(bar);
            if (offset < _barSizes[bar] && (ulong)size <= _barSizes[bar] - offset) return true;
        }
        offset = 0;
        return false;
    }

    /// <summary>Reads from what a base address register decodes; as <see cref="Core.Device.ReadMemory"/>.</summary>
    public virtual ulong ReadBar(int bar, ulong offset, int size) => ulong.MaxValue;

    /// <summary>Writes to what a base address register decodes; as <see cref="Core.Device.WriteMemory"/>.</summary>
    public virtual void WriteBar(int bar, ulong offset, int size, ulong value) { }

    /// <summary>
    /// Gives it a base address register: when it is made. <paramref name="size"/> is a power of two, at least 16 for memory and 4 for ports.
    /// </summary>
    protected void DefineBar(int bar, PciBarKind kind, ulong size)
    {
        _barSizes[bar] = size;
        ulong mask = ~(size - 1);
        Define(PciRegister.FirstBar + bar * RegisterBytes, (uint)kind, (uint)mask);
        if (kind == PciBarKind.Memory64) Define(PciRegister.FirstBar + (bar + 1) * RegisterBytes, 0, (uint)(mask >> 32));
    }

    /// <summary>The guest wrote configuration space at <paramref name="offset"/>: for capabilities.</summary>
    protected virtual void ConfigWritten(int offset) { }

    private PciBarKind KindOf(int bar) => (PciBarKind)(Register(bar) & ~_writable[Index(PciRegister.FirstBar) + bar]);

    private ulong BarAddress(int bar)
    {
        uint low = Register(bar) & _writable[Index(PciRegister.FirstBar) + bar];
        return KindOf(bar) == PciBarKind.Memory64 ? low | (ulong)Register(bar + 1) << 32 : low;
    }

    private uint Register(int bar) => _registers[Index(PciRegister.FirstBar) + bar];

    private void Define(PciRegister register, uint value, uint writable)
    {
        _registers[Index(register)] = value;
        _writable[Index(register)] = writable;
    }

    private static int Index(PciRegister register) => (int)register / RegisterBytes;
}
