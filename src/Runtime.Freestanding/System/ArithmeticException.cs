using Internal.Runtime;

namespace System;

public class ArithmeticException : SystemException
{
    public ArithmeticException()
    {
    }

    public ArithmeticException(string? message)
        : base(message)
    {
    }

    public ArithmeticException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal override FaultReason Reason => FaultReason.Overflow;
}
