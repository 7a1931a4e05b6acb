using System;
using System.Collections.Generic;
using System.Linq;
using Iced.Intel;

namespace Lamina.Auditor;

/// <summary>What one instruction may not be.</summary>
internal static class InstructionRules
{
    private static readonly string[] ArithmeticStarts =
        ["Add", "Sub", "Mul", "Div", "Sqrt", "Min", "Max", "Cmp", "Comi", "Ucomi", "Cvt", "Round", "Rcp", "Rsqrt", "Hadd", "Hsub", "Dpp"];

    private static readonly string[] FloatingEnds = ["ps", "pd", "ss", "sd"];

    // They set up or save the unit, and compute nothing.
    private static readonly HashSet<Mnemonic> FpuSetup = [Mnemonic.Fninit, Mnemonic.Fnclex, Mnemonic.Fnstcw, Mnemonic.Fldcw, Mnemonic.Fnstsw, Mnemonic.Wait];

    /// <summary>What is wrong with an instruction, or null.</summary>
    internal static OffenceKind? Judge(in Instruction instruction)
    {
        if (instruction.Code.Encoding() is not EncodingKind.Legacy)
            return IsVector(instruction) ? OffenceKind.Avx : null;

        bool hasXmm = false;
        for (int i = 0; i < instruction.OpCount; i++)
        {
            if (instruction.GetOpKind(i) != OpKind.Register)
                continue;
            Register register = instruction.GetOpRegister(i);
            if (register.IsXMM() && register >= Register.XMM6)
                return OffenceKind.HighVectorRegister;
            if (register.IsMM() || register.IsST())
                return OffenceKind.FloatingPoint;
            hasXmm |= register.IsXMM();
        }

        if (hasXmm && IsArithmetic(instruction.Mnemonic.ToString()))
            return OffenceKind.FloatingPoint;
        return instruction.Code.CpuidFeatures().Contains(CpuidFeature.FPU) && !FpuSetup.Contains(instruction.Mnemonic)
            ? OffenceKind.FloatingPoint
            : null;
    }

    // VEX encodes BMI's instructions on general registers too, which harm nobody.
    private static bool IsVector(in Instruction instruction)
    {
        for (int i = 0; i < instruction.OpCount; i++)
        {
            if (instruction.GetOpKind(i) == OpKind.Register && instruction.GetOpRegister(i).IsVectorRegister())
                return true;
        }

        return instruction.Mnemonic is Mnemonic.Vzeroupper or Mnemonic.Vzeroall;
    }

    private static bool IsArithmetic(string mnemonic) =>
        mnemonic.StartsWith("Cvt", StringComparison.Ordinal)
        || (ArithmeticStarts.Any(start => mnemonic.StartsWith(start, StringComparison.Ordinal))
            && FloatingEnds.Any(end => mnemonic.EndsWith(end, StringComparison.Ordinal)));
}
