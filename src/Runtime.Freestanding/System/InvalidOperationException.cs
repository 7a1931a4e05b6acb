using Internal.Runtime;

namespace System;

public class InvalidOperationException : SystemException
{
    public InvalidOperationException()
    {
    }

    public InvalidOperationException(string? message)
        : base(message)
    {
    }

    public InvalidOperationException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal override FaultReason Reason => FaultReason.InvalidOperation;
}
