using Internal.Runtime;

namespace System;

public class ArrayTypeMismatchException : SystemException
{
    public ArrayTypeMismatchException()
    {
    }

    public ArrayTypeMismatchException(string? message)
        : base(message)
    {
    }

    public ArrayTypeMismatchException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal override FaultReason Reason => FaultReason.ArrayTypeMismatch;
}
