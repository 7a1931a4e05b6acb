namespace Lamina.Auditor;

/// <summary>What the auditor looks for.</summary>
public enum OffenceKind
{
    /// <summary>AVX or AVX-512: exits do not save those registers, and not every CPU has them.</summary>
    Avx,

    /// <summary>XMM6 to XMM15: only XMM0 to XMM5 are saved on an exit.</summary>
    HighVectorRegister,

    /// <summary>Floating-point arithmetic, x87 or MMX: their control and status are the guest's.</summary>
    FloatingPoint,

    /// <summary>A section that is both writable and executable.</summary>
    WritableCode,

    /// <summary>Bytes in the code that are no instruction.</summary>
    UnreadableCode,

    /// <summary>An allocation that the exit way can reach.</summary>
    AllocationOnExitWay,

    /// <summary>An interface call that the exit way can reach.</summary>
    InterfaceCallOnExitWay,

    /// <summary>A method that was compiled to a throw, because something it needs is not there.</summary>
    AlwaysThrows,

    /// <summary>A way that is deeper than its stack.</summary>
    StackTooDeep,

    /// <summary>A recursion that nobody has looked at.</summary>
    UnreviewedRecursion,

    /// <summary>A frame whose size is only known at run time.</summary>
    DynamicFrame,

    /// <summary>A reviewed name that the image has not.</summary>
    MissingFunction,
}
