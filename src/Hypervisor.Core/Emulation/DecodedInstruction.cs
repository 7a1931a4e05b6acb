using Iced.Intel;

namespace Lamina.Core;

/// <summary>
/// An instruction that was decoded before. Most accesses to devices come from a few places in a guest: comparing bytes is much cheaper than
/// decoding them.
/// </summary>
internal sealed class DecodedInstruction
{
    private ulong _rip;
    private ulong _low, _high;
    private ulong _lowMask, _highMask;
    private int _bitness;

    /// <summary>The instruction.</summary>
    public Instruction Instruction;

    /// <summary>Whether it is what <paramref name="bytes"/> at <paramref name="rip"/> say in code of a bitness.</summary>
    public bool Is(ulong rip, int bitness, InstructionBytes bytes) =>
        rip == _rip && bitness == _bitness && ((bytes.Low ^ _low) & _lowMask) == 0 && ((bytes.High ^ _high) & _highMask) == 0
        && bytes.Count >= Instruction.Length;

    /// <summary>Remembers that <see cref="Instruction"/> was decoded from there.</summary>
    public void Remember(ulong rip, int bitness, InstructionBytes bytes)
    {
        int length = Instruction.Length;
        _rip = rip;
        _bitness = bitness;
        _low = bytes.Low;
        _high = bytes.High;
        _lowMask = length >= sizeof(ulong) ? ulong.MaxValue : OperandSize.Mask(length);
        _highMask = length <= sizeof(ulong) ? 0 : OperandSize.Mask(length - sizeof(ulong));
    }

    /// <summary>Forgets what it was.</summary>
    public void Forget() => _bitness = 0;
}
