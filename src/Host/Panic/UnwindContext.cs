using System.Runtime.CompilerServices;

namespace Lamina.Host;

/// <summary>The registers that unwinding follows: where a function was, and what it must give back to its caller.</summary>
public struct UnwindContext
{
    /// <summary>Number of RSP among the general registers, as instructions and unwind codes count them.</summary>
    public const int Rsp = 4;

    /// <summary>Where the function is (HVA).</summary>
    public ulong Rip;

    /// <summary>The general registers by number: RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8 to R15.</summary>
    public RegisterFile Registers;

    /// <summary>The registers at an interrupt or exception.</summary>
    public unsafe UnwindContext(InterruptFrame* frame)
    {
        Rip = frame->Rip;
        Registers[0] = frame->Rax;
        Registers[1] = frame->Rcx;
        Registers[2] = frame->Rdx;
        Registers[3] = frame->Rbx;
        Registers[Rsp] = frame->Rsp;
        Registers[5] = frame->Rbp;
        Registers[6] = frame->Rsi;
        Registers[7] = frame->Rdi;
        Registers[8] = frame->R8;
        Registers[9] = frame->R9;
        Registers[10] = frame->R10;
        Registers[11] = frame->R11;
        Registers[12] = frame->R12;
        Registers[13] = frame->R13;
        Registers[14] = frame->R14;
        Registers[15] = frame->R15;
    }

    /// <summary>The 16 general registers.</summary>
    [InlineArray(16)]
    public struct RegisterFile
    {
        private ulong _first;
    }
}
