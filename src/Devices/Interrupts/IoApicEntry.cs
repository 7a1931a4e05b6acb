using Lamina.Core;

namespace Lamina.Devices;

/// <summary>An entry of the I/O APIC's redirection table (Intel 82093AA data sheet, 3.2.4).</summary>
internal struct IoApicEntry
{
    private const int ModeShift = 8;
    private const ulong ModeMask = 7;
    private const ulong LogicalBit = 1 << 11;
    private const ulong SendPendingBit = 1 << 12;
    private const ulong ActiveLowBit = 1 << 13;
    private const ulong RemoteIrrBit = 1 << 14;
    private const ulong LevelBit = 1 << 15;
    private const ulong MaskedBit = 1 << 16;
    private const int DestinationShift = 56;
    private const ulong ReadOnly = SendPendingBit | RemoteIrrBit;
    private const ulong Writable = 0x1_FFFF & ~ReadOnly | 0xFFUL << DestinationShift;
    private const int WordBits = 32;

    private ulong _value;

    /// <summary>After RESET: masked, all else 0.</summary>
    public void Reset() => _value = MaskedBit;

    /// <summary>The vector that is delivered.</summary>
    public readonly byte Vector => (byte)_value;

    /// <summary>Whether nothing is delivered.</summary>
    public readonly bool IsMasked => (_value & MaskedBit) != 0;

    /// <summary>Whether it is level-triggered.</summary>
    public readonly bool IsLevel => (_value & LevelBit) != 0;

    /// <summary>Whether a low pin is an active one.</summary>
    public readonly bool IsActiveLow => (_value & ActiveLowBit) != 0;

    /// <summary>Whether a level-triggered interrupt has been accepted and its EOI has not come yet.</summary>
    public bool RemoteIrr
    {
        readonly get => (_value & RemoteIrrBit) != 0;
        set => _value = value ? _value | RemoteIrrBit : _value & ~RemoteIrrBit;
    }

    /// <summary>Whether nobody has taken the interrupt yet.</summary>
    public bool SendPending
    {
        readonly get => (_value & SendPendingBit) != 0;
        set => _value = value ? _value | SendPendingBit : _value & ~SendPendingBit;
    }

    /// <summary>The message that it sends.</summary>
    public readonly InterruptMessage Message => new(Vector, (DeliveryMode)((_value >> ModeShift) & ModeMask), (uint)(_value >> DestinationShift),
        (_value & LogicalBit) != 0, IsLevel);

    /// <summary>Reads its lower or upper 32 bits.</summary>
    public readonly uint Read(bool upper) => (uint)(_value >> (upper ? WordBits : 0));

    /// <summary>
    /// Writes its lower or upper 32 bits; the two status bits stay. An edge-triggered entry has no remote IRR; a masked one holds nothing pending.
    /// </summary>
    public void Write(bool upper, uint value)
    {
        ulong writable = Writable & (upper ? ~0UL << WordBits : uint.MaxValue);
        _value = (_value & ~writable) | (((ulong)value << (upper ? WordBits : 0)) & writable);
        if (!IsLevel) RemoteIrr = false;
        if (IsMasked) SendPending = false;
    }
}
