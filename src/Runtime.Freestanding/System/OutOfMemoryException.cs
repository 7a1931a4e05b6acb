using Internal.Runtime;

namespace System;

public class OutOfMemoryException : SystemException
{
    public OutOfMemoryException()
    {
    }

    public OutOfMemoryException(string? message)
        : base(message)
    {
    }

    public OutOfMemoryException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal override FaultReason Reason => FaultReason.OutOfMemory;
}
