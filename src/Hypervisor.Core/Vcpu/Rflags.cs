using System;

namespace Lamina.Core;

/// <summary>The bits of RFLAGS that the hypervisor looks at (AMD APM vol. 2, 3.1.6; Intel SDM vol. 3, 2.3).</summary>
[Flags]
public enum Rflags : ulong
{
    /// <summary>Carry.</summary>
    Carry = 1 << 0,
    /// <summary>Bit 1, always one.</summary>
    AlwaysOne = 1 << 1,
    /// <summary>Parity of the result's low byte.</summary>
    Parity = 1 << 2,
    /// <summary>Carry out of bit 3.</summary>
    Adjust = 1 << 4,
    /// <summary>The result was zero.</summary>
    Zero = 1 << 6,
    /// <summary>The result's sign.</summary>
    Sign = 1 << 7,
    /// <summary>TF: #DB after each instruction.</summary>
    Trap = 1 << 8,
    /// <summary>IF: maskable interrupts are taken.</summary>
    InterruptEnable = 1 << 9,
    /// <summary>DF: string instructions go downwards.</summary>
    Direction = 1 << 10,
    /// <summary>Signed overflow.</summary>
    Overflow = 1 << 11,
    /// <summary>IOPL, 2 bits.</summary>
    IoPrivilegeMask = 3 << 12,
    /// <summary>RF: instruction breakpoints are ignored for one instruction.</summary>
    Resume = 1 << 16,
    /// <summary>VM: virtual-8086 mode.</summary>
    Virtual8086 = 1 << 17,
    /// <summary>AC: alignment checks (user) or SMAP override (supervisor).</summary>
    AlignmentCheck = 1 << 18,

    /// <summary>What arithmetic instructions change.</summary>
    Arithmetic = Carry | Parity | Adjust | Zero | Sign | Overflow,
}
