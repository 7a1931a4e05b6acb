namespace Internal.Runtime;

/// <summary>Why the code could not go on. The numbers are part of the seam with Boot: see docs/toolchain.md.</summary>
internal enum FaultReason
{
    Thrown = 0,
    NullReference = 1,
    IndexOutOfRange = 2,
    Overflow = 3,
    DivideByZero = 4,
    InvalidCast = 5,
    ArrayTypeMismatch = 6,
    OutOfMemory = 7,
    AllocationTrapped = 8,
    MissingMember = 9,
    FailFast = 10,
    StackCookie = 11,
    Argument = 12,
    InvalidOperation = 13,
    NotSupported = 14,
    StaticConstructor = 15,
}
