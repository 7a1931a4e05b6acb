namespace Lamina.Host;

/// <summary>What faults are called.</summary>
public static class FaultText
{
    /// <summary>An exception's mnemonic and name (AMD APM vol. 2, table 8-1; Intel SDM vol. 3, table 6-1).</summary>
    public static string OfException(ulong vector) => vector switch
    {
        0 => "#DE, divide error",
        1 => "#DB, debug",
        2 => "NMI, non-maskable interrupt",
        3 => "#BP, breakpoint",
        4 => "#OF, overflow",
        5 => "#BR, bound range",
        6 => "#UD, invalid opcode",
        7 => "#NM, device not available",
        8 => "#DF, double fault",
        10 => "#TS, invalid task state segment",
        11 => "#NP, segment not present",
        12 => "#SS, stack fault",
        13 => "#GP, general protection",
        14 => "#PF, page fault",
        16 => "#MF, x87 floating point",
        17 => "#AC, alignment check",
        18 => "#MC, machine check",
        19 => "#XF, SIMD floating point",
        21 => "#CP, control protection",
        _ => "an exception that is not known",
    };

    /// <summary>Why C# could not go on: the corelib's <c>Internal.Runtime.FaultReason</c> (docs/toolchain.md).</summary>
    public static string OfReason(int reason) => reason switch
    {
        0 => "an exception was thrown",
        1 => "a null reference was used",
        2 => "an index was out of range",
        3 => "an arithmetic operation overflowed",
        4 => "a division by zero",
        5 => "an invalid cast",
        6 => "an array element of the wrong type",
        7 => "the arena is full",
        8 => "an allocation where none is allowed",
        9 => "a member that the image lacks",
        10 => "the code failed fast",
        11 => "a stack buffer was overrun",
        12 => "an argument was wrong",
        13 => "an operation was not valid now",
        14 => "an operation is not supported",
        15 => "a static constructor failed",
        _ => "a fault of an unknown kind",
    };
}
