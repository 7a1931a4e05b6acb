namespace Lamina.Vmx;

/// <summary>The exit qualification of MOV to or from a debug register (Intel SDM vol. 3, 28.2.1, table 28-4).</summary>
public readonly struct DebugRegisterQualification(ulong value)
{
    private const int From = 4, RegisterShift = 8;
    private const uint DebugRegisterMask = 7, RegisterMask = 0xF;

    private readonly uint _value = (uint)value;

    /// <summary>n of DRn.</summary>
    public byte DebugRegister => (byte)(_value & DebugRegisterMask);

    /// <summary>Whether the debug register is read.</summary>
    public bool IsRead => (_value >> From & 1) != 0;

    /// <summary>The general register, in the order of instruction encodings.</summary>
    public byte GeneralRegister => (byte)((_value >> RegisterShift) & RegisterMask);
}
