using Iced.Intel;

namespace Lamina.Core;

/// <summary>
/// What the emulated instructions do with their memory operand, and how wide it is, by Iced's code for each encoding. Iced's own tables say this
/// about all instructions that there are, in 25 KB; a test holds the two together. Codes that belong together are neighbours there, narrow first.
/// </summary>
internal static class MemoryForm
{
    /// <summary>The operation of a form with a memory operand, and that operand's bytes; INVALID when it is not emulated.</summary>
    public static Mnemonic Of(Code code, out int size)
    {
        // The operation, and log2 of the bytes.
        (Mnemonic operation, int width) = code switch
        {
            >= Code.Add_rm8_r8 and <= Code.Add_r64_rm64 => (Mnemonic.Add, code - Code.Add_rm8_r8 & 3),
            >= Code.Or_rm8_r8 and <= Code.Or_r64_rm64 => (Mnemonic.Or, code - Code.Or_rm8_r8 & 3),
            >= Code.Adc_rm8_r8 and <= Code.Adc_r64_rm64 => (Mnemonic.Adc, code - Code.Adc_rm8_r8 & 3),
            >= Code.Sbb_rm8_r8 and <= Code.Sbb_r64_rm64 => (Mnemonic.Sbb, code - Code.Sbb_rm8_r8 & 3),
            >= Code.And_rm8_r8 and <= Code.And_r64_rm64 => (Mnemonic.And, code - Code.And_rm8_r8 & 3),
            >= Code.Sub_rm8_r8 and <= Code.Sub_r64_rm64 => (Mnemonic.Sub, code - Code.Sub_rm8_r8 & 3),
            >= Code.Xor_rm8_r8 and <= Code.Xor_r64_rm64 => (Mnemonic.Xor, code - Code.Xor_rm8_r8 & 3),
            >= Code.Cmp_rm8_r8 and <= Code.Cmp_r64_rm64 => (Mnemonic.Cmp, code - Code.Cmp_rm8_r8 & 3),
            >= Code.Add_rm8_imm8 and <= Code.Cmp_rm8_imm8 => (Group1(code - Code.Add_rm8_imm8), 0),
            >= Code.Add_rm8_imm8_82 and <= Code.Cmp_rm8_imm8_82 => (Group1(code - Code.Add_rm8_imm8_82), 0),
            >= Code.Add_rm16_imm16 and <= Code.Cmp_rm64_imm32 => (Group1((code - Code.Add_rm16_imm16) / 3), 1 + (code - Code.Add_rm16_imm16) % 3),
            >= Code.Add_rm16_imm8 and <= Code.Cmp_rm64_imm8 => (Group1((code - Code.Add_rm16_imm8) / 3), 1 + (code - Code.Add_rm16_imm8) % 3),
            >= Code.Test_rm8_r8 and <= Code.Test_rm64_r64 => (Mnemonic.Test, code - Code.Test_rm8_r8),
            Code.Test_rm8_imm8 or Code.Test_rm8_imm8_F6r1 => (Mnemonic.Test, 0),
            >= Code.Test_rm16_imm16 and <= Code.Test_rm64_imm32_F7r1 => (Mnemonic.Test, 1 + (code - Code.Test_rm16_imm16) % 3),
            >= Code.Mov_rm8_r8 and <= Code.Mov_r64_rm64 => (Mnemonic.Mov, code - Code.Mov_rm8_r8 & 3),
            >= Code.Mov_AL_moffs8 and <= Code.Mov_moffs64_RAX => (Mnemonic.Mov, code - Code.Mov_AL_moffs8 & 3),
            Code.Mov_rm8_imm8 => (Mnemonic.Mov, 0),
            >= Code.Mov_rm16_imm16 and <= Code.Mov_rm64_imm32 => (Mnemonic.Mov, 1 + (code - Code.Mov_rm16_imm16)),
            Code.Movnti_m32_r32 => (Mnemonic.Movnti, 2),
            Code.Movnti_m64_r64 => (Mnemonic.Movnti, 3),
            >= Code.Movzx_r16_rm8 and <= Code.Movzx_r64_rm8 => (Mnemonic.Movzx, 0),
            >= Code.Movzx_r16_rm16 and <= Code.Movzx_r64_rm16 => (Mnemonic.Movzx, 1),
            >= Code.Movsx_r16_rm8 and <= Code.Movsx_r64_rm8 => (Mnemonic.Movsx, 0),
            >= Code.Movsx_r16_rm16 and <= Code.Movsx_r64_rm16 => (Mnemonic.Movsx, 1),
            Code.Movsxd_r16_rm16 => (Mnemonic.Movsxd, 1),
            Code.Movsxd_r32_rm32 or Code.Movsxd_r64_rm32 => (Mnemonic.Movsxd, 2),
            >= Code.Xchg_rm8_r8 and <= Code.Xchg_rm64_r64 => (Mnemonic.Xchg, code - Code.Xchg_rm8_r8),
            >= Code.Cmpxchg_rm8_r8 and <= Code.Cmpxchg_rm64_r64 => (Mnemonic.Cmpxchg, code - Code.Cmpxchg_rm8_r8),
            >= Code.Xadd_rm8_r8 and <= Code.Xadd_rm64_r64 => (Mnemonic.Xadd, code - Code.Xadd_rm8_r8),
            Code.Inc_rm8 => (Mnemonic.Inc, 0),
            Code.Dec_rm8 => (Mnemonic.Dec, 0),
            Code.Not_rm8 => (Mnemonic.Not, 0),
            Code.Neg_rm8 => (Mnemonic.Neg, 0),
            >= Code.Inc_rm16 and <= Code.Inc_rm64 => (Mnemonic.Inc, 1 + (code - Code.Inc_rm16)),
            >= Code.Dec_rm16 and <= Code.Dec_rm64 => (Mnemonic.Dec, 1 + (code - Code.Dec_rm16)),
            >= Code.Not_rm16 and <= Code.Not_rm64 => (Mnemonic.Not, 1 + (code - Code.Not_rm16)),
            >= Code.Neg_rm16 and <= Code.Neg_rm64 => (Mnemonic.Neg, 1 + (code - Code.Neg_rm16)),
            >= Code.Bt_rm16_r16 and <= Code.Bt_rm64_r64 => (Mnemonic.Bt, 1 + (code - Code.Bt_rm16_r16)),
            >= Code.Bts_rm16_r16 and <= Code.Bts_rm64_r64 => (Mnemonic.Bts, 1 + (code - Code.Bts_rm16_r16)),
            >= Code.Btr_rm16_r16 and <= Code.Btr_rm64_r64 => (Mnemonic.Btr, 1 + (code - Code.Btr_rm16_r16)),
            >= Code.Btc_rm16_r16 and <= Code.Btc_rm64_r64 => (Mnemonic.Btc, 1 + (code - Code.Btc_rm16_r16)),
            >= Code.Bt_rm16_imm8 and <= Code.Bt_rm64_imm8 => (Mnemonic.Bt, 1 + (code - Code.Bt_rm16_imm8)),
            >= Code.Bts_rm16_imm8 and <= Code.Bts_rm64_imm8 => (Mnemonic.Bts, 1 + (code - Code.Bts_rm16_imm8)),
            >= Code.Btr_rm16_imm8 and <= Code.Btr_rm64_imm8 => (Mnemonic.Btr, 1 + (code - Code.Btr_rm16_imm8)),
            >= Code.Btc_rm16_imm8 and <= Code.Btc_rm64_imm8 => (Mnemonic.Btc, 1 + (code - Code.Btc_rm16_imm8)),
            _ => (Mnemonic.INVALID, 0),
        };
        size = 1 << width;
        return operation;
    }

    // The immediate forms, in the order of ModRM.reg (AMD APM vol. 3, A.2, group 1).
    private static Mnemonic Group1(int number) => number switch
    {
        0 => Mnemonic.Add,
        1 => Mnemonic.Or,
        2 => Mnemonic.Adc,
        3 => Mnemonic.Sbb,
        4 => Mnemonic.And,
        5 => Mnemonic.Sub,
        6 => Mnemonic.Xor,
        _ => Mnemonic.Cmp,
    };
}
