using Iced.Intel;

namespace Lamina.Core;

/// <summary>The effective address of an instruction's memory operand: an offset in its segment (AMD APM vol. 3, 1.2.3 to 1.2.5 and 1.4).</summary>
internal static class EffectiveAddress
{
    /// <summary>
    /// The offset of the operand of <paramref name="instruction"/> that has a ModRM byte or is a plain offset, moved by
    /// <paramref name="displacement"/> bytes, and cut to the address size.
    /// </summary>
    public static ulong Of(in Instruction instruction, ref GeneralRegisters registers, long displacement)
    {
        ulong offset = instruction.MemoryDisplacement64 + (ulong)displacement;
        var name = instruction.MemoryBase;
        // Iced has added RIP to the displacement already.
        if (name == Register.RIP) return offset;
        if (name == Register.EIP) return (uint)offset;

        var @base = RegisterOperand.Of(name);
        var index = RegisterOperand.Of(instruction.MemoryIndex);
        int size = @base.Size != 0 ? @base.Size : index.Size != 0 ? index.Size : instruction.MemoryDisplSize;
        if (@base.Size != 0) offset += @base.Read(ref registers);
        if (index.Size != 0) offset += index.Read(ref registers) * (ulong)instruction.MemoryIndexScale;
        return offset & OperandSize.Mask(size);
    }

    /// <summary>
    /// The segment of an instruction's memory operand: the default one or a prefix's. 64-bit code has no prefixes but FS and GS; others do nothing.
    /// </summary>
    public static SegmentName Segment(in Instruction instruction, bool is64Bit)
    {
        var name = instruction.MemorySegment;
        if (is64Bit && name is not (Register.FS or Register.GS))
            return instruction.MemoryBase is Register.RBP or Register.RSP or Register.EBP or Register.ESP ? SegmentName.Ss : SegmentName.Ds;
        return name is >= Register.ES and <= Register.GS ? (SegmentName)(name - Register.ES) : SegmentName.Ds;
    }
}
