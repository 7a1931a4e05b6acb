using System;

namespace Lamina.Core;

/// <summary>
/// A vCPU's MTRRs (AMD APM vol. 2, 7.7; Intel SDM vol. 3, 12.11). They are kept as written and have no effect: guest RAM is write-back, and the PAT
/// decides over the rest. As a PC's firmware leaves them, but with write-back as the default, so that no guest finds RAM that is not covered.
/// </summary>
public sealed class MemoryTypeRanges
{
    private const int VariableRanges = 8, FixedRegisters = 11;
    private const byte Uncacheable = 0, WriteBack = 6;
    private const ulong AllBytes = 0x0101_0101_0101_0101;
    private const ulong FixedEnable = 1 << 10, Enable = 1 << 11, TypeMask = 0xFF;
    private const ulong BaseReserved = 0xF00, MaskReserved = 0x7FF;
    /// <summary>Fixed ranges, write-combining, and how many variable ones.</summary>
    private const ulong Capabilities = VariableRanges | 1 << 8 | 1 << 10;

    private readonly ulong[] _variable = new ulong[VariableRanges * 2];
    private readonly ulong[] _fixed = new ulong[FixedRegisters];
    private ulong _defaultType;

    /// <summary>As firmware leaves them: RAM write-back, 640 to 768 KiB uncacheable.</summary>
    public void Reset()
    {
        Array.Clear(_variable);
        for (int i = 0; i < FixedRegisters; i++) _fixed[i] = WriteBack * AllBytes;
        _fixed[FixedIndex((uint)Msr.MtrrFixed16KLast)] = Uncacheable * AllBytes;
        _defaultType = Enable | FixedEnable | WriteBack;
    }

    /// <summary>Reads one. False when the MSR is none.</summary>
    public bool TryRead(uint msr, out ulong value)
    {
        value = 0;
        uint variable = msr - (uint)Msr.MtrrVariableFirst;
        if (msr == (uint)Msr.MtrrCapabilities) value = Capabilities;
        else if (msr == (uint)Msr.MtrrDefaultType) value = _defaultType;
        else if (variable < (uint)_variable.Length) value = _variable[variable];
        else if (FixedIndex(msr) is var index and >= 0) value = _fixed[index];
        else return false;
        return true;
    }

    /// <summary>Writes one. False when the MSR is none or read-only, or for a memory type or reserved bit that there is not.</summary>
    public bool TryWrite(uint msr, ulong value, int physicalAddressBits)
    {
        uint variable = msr - (uint)Msr.MtrrVariableFirst;
        if (msr == (uint)Msr.MtrrDefaultType)
        {
            if ((value & ~(Enable | FixedEnable | TypeMask)) != 0 || !IsType((byte)value)) return false;
            _defaultType = value;
        }
        else if (variable < (uint)_variable.Length)
        {
            bool isMask = (variable & 1) != 0;
            if (value >> physicalAddressBits != 0 || (value & (isMask ? MaskReserved : BaseReserved)) != 0) return false;
            if (!isMask && !IsType((byte)value)) return false;
            _variable[variable] = value;
        }
        else if (FixedIndex(msr) is var index and >= 0)
        {
            for (int shift = 0; shift < 64; shift += 8)
                if (!IsType((byte)(value >> shift))) return false;
            _fixed[index] = value;
        }
        else
        {
            return false;
        }
        return true;
    }

    /// <summary>UC, WC, WT, WP, WB.</summary>
    private static bool IsType(byte type) => type is 0 or 1 or 4 or 5 or 6;

    private static int FixedIndex(uint msr) => (Msr)msr switch
    {
        Msr.MtrrFixed64K => 0,
        Msr.MtrrFixed16KFirst => 1,
        Msr.MtrrFixed16KLast => 2,
        >= Msr.MtrrFixed4KFirst and <= Msr.MtrrFixed4KLast => (int)(msr - (uint)Msr.MtrrFixed4KFirst) + 3,
        _ => -1,
    };
}
