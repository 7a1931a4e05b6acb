using System.Runtime.InteropServices;

namespace Lamina.Host;

/// <summary>
/// What Interrupts.asm and the processor (AMD APM vol. 2, 8.9.3; Intel SDM vol. 3, 6.14.2) leave on the stack when an interrupt
/// or exception is taken. A handler may change it: that is what is gone on with.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct InterruptFrame
{
    /// <summary>R15.</summary>
    public ulong R15;

    /// <summary>R14.</summary>
    public ulong R14;

    /// <summary>R13.</summary>
    public ulong R13;

    /// <summary>R12.</summary>
    public ulong R12;

    /// <summary>R11.</summary>
    public ulong R11;

    /// <summary>R10.</summary>
    public ulong R10;

    /// <summary>R9.</summary>
    public ulong R9;

    /// <summary>R8.</summary>
    public ulong R8;

    /// <summary>RDI.</summary>
    public ulong Rdi;

    /// <summary>RSI.</summary>
    public ulong Rsi;

    /// <summary>RBP.</summary>
    public ulong Rbp;

    /// <summary>RBX.</summary>
    public ulong Rbx;

    /// <summary>RDX.</summary>
    public ulong Rdx;

    /// <summary>RCX.</summary>
    public ulong Rcx;

    /// <summary>RAX.</summary>
    public ulong Rax;

    /// <summary>The vector.</summary>
    public ulong Vector;

    /// <summary>The error code; 0 for vectors that have none.</summary>
    public ulong ErrorCode;

    /// <summary>Where it was taken.</summary>
    public ulong Rip;

    /// <summary>Code segment.</summary>
    public ulong Cs;

    /// <summary>Flags.</summary>
    public ulong Rflags;

    /// <summary>Stack pointer.</summary>
    public ulong Rsp;

    /// <summary>Stack segment.</summary>
    public ulong Ss;
}
