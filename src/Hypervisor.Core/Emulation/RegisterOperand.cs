using Iced.Intel;

namespace Lamina.Core;

/// <summary>A general register of some width as an instruction names it: AL, AH, SPL, R8W, EAX, RAX …</summary>
internal readonly struct RegisterOperand
{
    private readonly byte _number;
    private readonly byte _shift;

    private RegisterOperand(int number, int size, int shift = 0)
    {
        _number = (byte)number;
        _shift = (byte)shift;
        Size = (byte)size;
    }

    /// <summary>Its width in bytes: 1, 2, 4 or 8; 0 when it is no general register.</summary>
    public readonly byte Size;

    /// <summary>Its number in encodings, 0 (RAX) to 15.</summary>
    public int Number => _number;

    /// <summary>The general register by Iced's name; of size 0 when it is none.</summary>
    public static RegisterOperand Of(Register register) => register switch
    {
        >= Register.RAX and <= Register.R15 => new(register - Register.RAX, 8),
        >= Register.EAX and <= Register.R15D => new(register - Register.EAX, 4),
        >= Register.AX and <= Register.R15W => new(register - Register.AX, 2),
        // SPL, BPL, SIL, DIL, R8L …: numbers 4 to 15.
        >= Register.SPL and <= Register.R15L => new(register - Register.SPL + 4, 1),
        >= Register.AH and <= Register.BH => new(register - Register.AH, 1, 8),
        >= Register.AL and <= Register.BL => new(register - Register.AL, 1),
        _ => default,
    };

    /// <summary>Its value, zero-extended.</summary>
    public ulong Read(ref GeneralRegisters registers) => (registers[_number] >> _shift) & OperandSize.Mask(Size);

    /// <summary>Writes it, with what that does to the rest of the register.</summary>
    public void Write(ref GeneralRegisters registers, ulong value)
    {
        ref ulong register = ref registers[_number];
        register = _shift == 0
            ? OperandSize.Merge(register, value, Size)
            : (register & ~(0xFFUL << _shift)) | (ulong)(byte)value << _shift;
    }
}
