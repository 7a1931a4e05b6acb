using Lamina.Core;

namespace Lamina.Devices;

/// <summary>
/// An I/O APIC with 24 pins (Intel 82093AA data sheet, order number 290566), and the EOI register that came with version 0x20.
/// Its registers take 32-bit accesses; IOWIN and EOI ignore narrower writes.
/// </summary>
public sealed class IoApic : Device
{
    /// <summary>GPA at which it is on every PC.</summary>
    public const ulong BaseAddress = 0xFEC0_0000;
    /// <summary>How much of the address space it answers at.</summary>
    public const ulong RangeLength = 0x1000;
    /// <summary>How many pins it has.</summary>
    public const int Pins = 24;

    private const ulong SelectOffset = 0x00;
    private const ulong WindowOffset = 0x10;
    private const ulong EoiOffset = 0x40;
    private const int RegisterSize = sizeof(uint);

    private const byte IdRegister = 0x00;
    private const byte VersionRegister = 0x01;
    private const byte ArbitrationRegister = 0x02;
    private const byte FirstEntryRegister = 0x10;

    private const uint Version = 0x20;
    private const int LastEntryShift = 16;
    private const int IdShift = 24;
    private const uint IdMask = 0xF;

    private readonly InterruptBus _bus;
    private readonly IoApicEntry[] _entries = new IoApicEntry[Pins];
    private readonly uint _firmwareId;
    private uint _id;
    private byte _selected;
    private uint _levels;

    /// <summary>
    /// An I/O APIC at <paramref name="bus"/>. Firmware, which a VM does not have, would have given it the <paramref name="id"/> (0 to 15) that the MADT
    /// names: so it has it after a reset.
    /// </summary>
    public IoApic(InterruptBus bus, uint id)
    {
        _bus = bus;
        _firmwareId = id & IdMask;
        EndOfInterruptListener = new EoiInput(this);
        Reset();
    }

    /// <inheritdoc/>
    public override string Name => "I/O APIC";

    /// <summary>Where local APICs' EOIs of level-triggered interrupts are heard.</summary>
    public EndOfInterruptListener EndOfInterruptListener { get; }

    /// <summary>Registers its memory. False when it is taken.</summary>
    public bool TryRegister(MemoryBus memory) => memory.TryRegister(this, BaseAddress, RangeLength);

    /// <inheritdoc/>
    public override void Reset()
    {
        for (int i = 0; i < _entries.Length; i++) _entries[i].Reset();
        _id = _firmwareId;
        _selected = 0;
    }

    /// <summary>
    /// Sets the electrical level of a pin. Edges at a masked pin are ignored (3.2.4, interrupt mask); a level is looked at again when it is unmasked.
    /// </summary>
    public void SetPin(int pin, bool high)
    {
        if ((uint)pin >= Pins) return;
        uint bit = 1u << pin;
        if (high == ((_levels & bit) != 0)) return;
        _levels ^= bit;
        ref var entry = ref _entries[pin];
        if (entry.IsLevel) Service(pin);
        else if (!entry.IsMasked && high != entry.IsActiveLow) entry.SendPending = !_bus.Send(entry.Message);
    }

    /// <inheritdoc/>
    public override ulong ReadMemory(ulong offset, int size) => offset switch
    {
        SelectOffset => _selected,
        WindowOffset => ReadRegister(),
        _ => 0,
    };

    /// <inheritdoc/>
    public override void WriteMemory(ulong offset, int size, ulong value)
    {
        if (offset == SelectOffset) _selected = (byte)value;
        else if (size < RegisterSize) return;
        else if (offset == WindowOffset) WriteRegister((uint)value);
        else if (offset == EoiOffset) EndOfInterrupt((byte)value);
    }

    private uint ReadRegister()
    {
        switch (_selected)
        {
            case IdRegister or ArbitrationRegister: return _id << IdShift;
            case VersionRegister: return Version | (Pins - 1) << LastEntryShift;
        }
        int pin = (_selected - FirstEntryRegister) / 2;
        return _selected >= FirstEntryRegister && pin < Pins ? _entries[pin].Read(upper: _selected % 2 != 0) : 0;
    }

    private void WriteRegister(uint value)
    {
        if (_selected == IdRegister) _id = (value >> IdShift) & IdMask;
        int pin = (_selected - FirstEntryRegister) / 2;
        if (_selected < FirstEntryRegister || pin >= Pins) return;
        _entries[pin].Write(upper: _selected % 2 != 0, value);
        Service(pin);
    }

    /// <summary>Sends what is due at a pin: an active level that is not being served, or what nobody took before.</summary>
    private void Service(int pin)
    {
        ref var entry = ref _entries[pin];
        bool isActive = (_levels & (1u << pin)) != 0 != entry.IsActiveLow;
        if (entry.IsMasked || (entry.IsLevel ? entry.RemoteIrr || !isActive : !entry.SendPending)) return;
        bool taken = _bus.Send(entry.Message);
        entry.SendPending = !taken;
        if (entry.IsLevel) entry.RemoteIrr = taken;
    }

    private void EndOfInterrupt(byte vector)
    {
        for (int pin = 0; pin < Pins; pin++)
        {
            ref var entry = ref _entries[pin];
            if (entry.Vector != vector || !entry.RemoteIrr) continue;
            entry.RemoteIrr = false;
            Service(pin);
        }
    }

    /// <summary>The EOI messages on the APIC bus.</summary>
    private sealed class EoiInput(IoApic ioApic) : EndOfInterruptListener
    {
        public override void EndOfInterrupt(byte vector) => ioApic.EndOfInterrupt(vector);
    }
}
