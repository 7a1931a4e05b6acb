using System;
using System.Collections.Generic;
using System.Linq;
using Iced.Intel;

namespace Lamina.Core.Tests.Emulation;

/// <summary>Every encoding of the instructions that the emulator knows, from Iced's tables: nothing to forget.</summary>
public static class InstructionForms
{
    private static readonly HashSet<Mnemonic> Known =
    [
        Mnemonic.Mov, Mnemonic.Movnti, Mnemonic.Movzx, Mnemonic.Movsx, Mnemonic.Movsxd, Mnemonic.Add, Mnemonic.Adc, Mnemonic.Sub, Mnemonic.Sbb,
        Mnemonic.And, Mnemonic.Or, Mnemonic.Xor, Mnemonic.Inc, Mnemonic.Dec, Mnemonic.Neg, Mnemonic.Not, Mnemonic.Test, Mnemonic.Cmp, Mnemonic.Xchg,
        Mnemonic.Cmpxchg, Mnemonic.Xadd, Mnemonic.Bt, Mnemonic.Bts, Mnemonic.Btr, Mnemonic.Btc,
    ];

    /// <summary>The forms with a memory operand in 64-bit code.</summary>
    public static IEnumerable<Code> InMemory64 => Enum.GetValues<Code>().Where(code => IsInMemory(code) && code.ToOpCode().Mode64);

    /// <summary>Whether it is a form with a memory operand; not the 80486's first CMPXCHG, which Iced decodes on request only.</summary>
    public static bool IsInMemory(Code code) =>
        Known.Contains(code.Mnemonic()) && code.ToOpCode().IsInstruction && code.ToOpCode().Encoding == EncodingKind.Legacy
        && code.ToOpCode().DecoderOption != DecoderOptions.Cmpxchg486A && Operands(code).Any(IsMemory) && !Operands(code).Any(IsSegmentRegister);

    public static IEnumerable<OpCodeOperandKind> Operands(Code code)
    {
        var opcode = code.ToOpCode();
        return Enumerable.Range(0, opcode.OpCount).Select(opcode.GetOpKind);
    }

    public static bool IsMemory(OpCodeOperandKind kind) => kind is OpCodeOperandKind.mem or OpCodeOperandKind.mem_offs
        or OpCodeOperandKind.r8_or_mem or OpCodeOperandKind.r16_or_mem or OpCodeOperandKind.r32_or_mem or OpCodeOperandKind.r64_or_mem;

    private static bool IsSegmentRegister(OpCodeOperandKind kind) => kind == OpCodeOperandKind.seg_reg;

    /// <summary>
    /// An instruction of a form whose memory operand is <paramref name="memory"/>, with random other operands; no form of RSP is among them.
    /// </summary>
    public static Instruction Make(Code code, Random random, in MemoryOperand memory)
    {
        var instruction = new Instruction { Code = code };
        int index = 0;
        foreach (var kind in Operands(code))
        {
            if (IsMemory(kind))
            {
                instruction.SetOpKind(index, OpKind.Memory);
                instruction.MemoryBase = memory.Base;
                instruction.MemoryIndex = memory.Index;
                instruction.MemoryIndexScale = memory.Scale;
                instruction.MemoryDisplacement64 = (ulong)memory.Displacement;
                instruction.MemoryDisplSize = memory.DisplSize;
                instruction.SegmentPrefix = memory.SegmentPrefix;
            }
            else if (RegisterOf(kind, random) is { } register)
            {
                instruction.SetOpKind(index, OpKind.Register);
                instruction.SetOpRegister(index, register);
            }
            else
            {
                SetImmediate(ref instruction, index, kind, random);
            }
            index++;
        }
        return instruction;
    }

    private static Register? RegisterOf(OpCodeOperandKind kind, Random random)
    {
        int number = random.Next(15);
        if (number >= 4) number++;
        return kind switch
        {
            OpCodeOperandKind.al => Register.AL,
            OpCodeOperandKind.ax => Register.AX,
            OpCodeOperandKind.eax => Register.EAX,
            OpCodeOperandKind.rax => Register.RAX,
            // AL to BH, or BPL to R15L; never SPL.
            OpCodeOperandKind.r8_reg => random.Next(2) == 0 ? Register.AL + random.Next(8) : Register.BPL + random.Next(11),
            OpCodeOperandKind.r16_reg => Register.AX + number,
            OpCodeOperandKind.r32_reg => Register.EAX + number,
            OpCodeOperandKind.r64_reg => Register.RAX + number,
            _ => null,
        };
    }

    private static void SetImmediate(ref Instruction instruction, int index, OpCodeOperandKind kind, Random random)
    {
        var opKind = kind switch
        {
            OpCodeOperandKind.imm8 => OpKind.Immediate8,
            OpCodeOperandKind.imm8sex16 => OpKind.Immediate8to16,
            OpCodeOperandKind.imm8sex32 => OpKind.Immediate8to32,
            OpCodeOperandKind.imm8sex64 => OpKind.Immediate8to64,
            OpCodeOperandKind.imm16 => OpKind.Immediate16,
            OpCodeOperandKind.imm32 => OpKind.Immediate32,
            OpCodeOperandKind.imm32sex64 => OpKind.Immediate32to64,
            _ => throw new NotSupportedException($"operand {kind} of {instruction.Code}"),
        };
        instruction.SetOpKind(index, opKind);
        instruction.SetImmediate(index, opKind switch
        {
            OpKind.Immediate8 => random.Next(256),
            OpKind.Immediate16 => random.Next(65536),
            OpKind.Immediate8to16 or OpKind.Immediate8to32 or OpKind.Immediate8to64 => random.Next(-128, 128),
            OpKind.Immediate32 => (uint)random.Next(int.MinValue, int.MaxValue),
            _ => (long)random.Next(int.MinValue, int.MaxValue),
        });
    }

    /// <summary>Its bytes at an address.</summary>
    public static byte[] Assemble(in Instruction instruction, ulong address, int bitness = 64) =>
        TryAssemble(instruction, address, out byte[] bytes, bitness) ? bytes : throw new ArgumentException($"{instruction} cannot be encoded");

    /// <summary>Its bytes at an address; false when it cannot be encoded.</summary>
    public static bool TryAssemble(in Instruction instruction, ulong address, out byte[] bytes, int bitness = 64)
    {
        var writer = new ByteWriter();
        bool encoded = Encoder.Create(bitness, writer).TryEncode(instruction, address, out _, out _);
        bytes = writer.ToArray();
        return encoded;
    }

    private sealed class ByteWriter : CodeWriter
    {
        private readonly List<byte> _bytes = [];
        public override void WriteByte(byte value) => _bytes.Add(value);
        public byte[] ToArray() => [.. _bytes];
    }
}
