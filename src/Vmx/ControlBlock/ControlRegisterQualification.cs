namespace Lamina.Vmx;

/// <summary>The exit qualification of an access to a control register (Intel SDM vol. 3, 28.2.1, table 28-3).</summary>
public readonly struct ControlRegisterQualification(ulong value)
{
    private const int AccessShift = 4, LmswFromMemory = 6, RegisterShift = 8, LmswSourceShift = 16;
    private const uint AccessMask = 3, RegisterMask = 0xF;

    private readonly uint _value = (uint)value;

    /// <summary>n of CRn; 0 for CLTS and LMSW.</summary>
    public byte ControlRegister => (byte)(_value & RegisterMask);

    /// <summary>How it is accessed.</summary>
    public ControlRegisterAccess Access => (ControlRegisterAccess)((_value >> AccessShift) & AccessMask);

    /// <summary>Whether the operand of LMSW is in memory (its address: <see cref="VmcsFieldNatural.GuestLinearAddress"/>).</summary>
    public bool IsLmswFromMemory => (_value >> LmswFromMemory & 1) != 0;

    /// <summary>The general register of a MOV, in the order of instruction encodings: RAX is 0, RSP 4.</summary>
    public byte GeneralRegister => (byte)((_value >> RegisterShift) & RegisterMask);

    /// <summary>The operand of LMSW.</summary>
    public ushort LmswSource => (ushort)(_value >> LmswSourceShift);
}
