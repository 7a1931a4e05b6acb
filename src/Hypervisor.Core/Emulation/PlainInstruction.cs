using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Lamina.Core;

/// <summary>
/// The instructions that each exit is for: by their plain bytes, without prefixes (AMD APM vol. 3 and 4), and as Iced names them.
/// </summary>
internal static class PlainInstruction
{
    private const uint TwoBytes = 0xFFFF;
    private const uint ThreeBytes = 0xFF_FFFF;

    // Opcodes as a little-endian word has them.
    private const uint Cpuid = 0xA20F;
    private const uint Rdmsr = 0x320F;
    private const uint Wrmsr = 0x300F;
    private const uint Rdpmc = 0x330F;
    private const uint Invd = 0x080F;
    private const uint Wbinvd = 0x090F;
    private const uint Pause = 0x90F3;
    private const uint Vmmcall = 0xD9_010F;
    private const uint Vmcall = 0xC1_010F;
    private const uint Xsetbv = 0xD1_010F;
    private const uint Monitor = 0xC8_010F;
    private const uint Mwait = 0xC9_010F;
    private const byte Hlt = 0xF4;
    private const byte InOutImmediate = 0xE4;
    private const byte InOutDx = 0xEC;
    private const byte InOutMask = 0xFC;
    private const byte OperandSizePrefix = 0x66;

    /// <summary>
    /// Length of the instruction that starts with <paramref name="bytes"/> when it is plainly what <paramref name="kind"/> exits for, else 0.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Length(VmExitKind kind, uint bytes) =>
        // Before the switch, for it is the one that everybody counts.
        kind == VmExitKind.Cpuid ? (bytes & TwoBytes) == Cpuid ? 2 : 0 : OtherLength(kind, bytes);

    private static int OtherLength(VmExitKind kind, uint bytes) => kind switch
    {
        VmExitKind.ReadMsr => (bytes & TwoBytes) == Rdmsr ? 2 : 0,
        VmExitKind.WriteMsr => (bytes & TwoBytes) == Wrmsr ? 2 : 0,
        VmExitKind.Halt => (byte)bytes == Hlt ? 1 : 0,
        VmExitKind.Hypercall => (bytes & ThreeBytes) is Vmmcall or Vmcall ? 3 : 0,
        VmExitKind.Pause => (bytes & TwoBytes) == Pause ? 2 : 0,
        VmExitKind.PortIo => PortLength(bytes),
        VmExitKind.SetXcr => (bytes & ThreeBytes) == Xsetbv ? 3 : 0,
        VmExitKind.InvalidateCaches => (bytes & TwoBytes) is Invd or Wbinvd ? 2 : 0,
        VmExitKind.ReadPerformanceCounter => (bytes & TwoBytes) == Rdpmc ? 2 : 0,
        VmExitKind.Monitor => (bytes & ThreeBytes) == Monitor ? 3 : 0,
        VmExitKind.Mwait => (bytes & ThreeBytes) == Mwait ? 3 : 0,
        _ => 0,
    };

    private static int PortLength(uint bytes)
    {
        int prefix = 0;
        if ((byte)bytes == OperandSizePrefix)
        {
            prefix = 1;
            bytes >>= 8;
        }
        if ((bytes & InOutMask) == InOutImmediate) return prefix + 2;
        return (bytes & InOutMask) == InOutDx ? prefix + 1 : 0;
    }

    /// <summary>Whether an instruction is one that <paramref name="kind"/> exits for.</summary>
    public static bool Matches(VmExitKind kind, Code code) => kind switch
    {
        VmExitKind.Cpuid => code == Code.Cpuid,
        VmExitKind.ReadMsr => code == Code.Rdmsr,
        VmExitKind.WriteMsr => code == Code.Wrmsr,
        VmExitKind.Halt => code == Code.Hlt,
        VmExitKind.Hypercall => code is Code.Vmmcall or Code.Vmcall,
        VmExitKind.Pause => code == Code.Pause,
        VmExitKind.PortIo => code is (>= Code.In_AL_imm8 and <= Code.Out_imm8_EAX) or (>= Code.In_AL_DX and <= Code.Out_DX_EAX),
        VmExitKind.SetXcr => code == Code.Xsetbv,
        VmExitKind.InvalidateCaches => code is Code.Invd or Code.Wbinvd,
        VmExitKind.ReadPerformanceCounter => code == Code.Rdpmc,
        VmExitKind.Monitor => code is (>= Code.Monitorw and <= Code.Monitorq) or (>= Code.Monitorxw and <= Code.Monitorxq),
        VmExitKind.Mwait => code is Code.Mwait or Code.Mwaitx,
        VmExitKind.ReadControlRegister => code is Code.Mov_r32_cr or Code.Mov_r64_cr,
        VmExitKind.WriteControlRegister => code is Code.Mov_cr_r32 or Code.Mov_cr_r64 or Code.Clts or (>= Code.Lmsw_rm16 and <= Code.Lmsw_r64m16),
        VmExitKind.ReadDebugRegister => code is Code.Mov_r32_dr or Code.Mov_r64_dr,
        VmExitKind.WriteDebugRegister => code is Code.Mov_dr_r32 or Code.Mov_dr_r64,
        _ => false,
    };
}
