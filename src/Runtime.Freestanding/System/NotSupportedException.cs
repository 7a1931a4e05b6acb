using Internal.Runtime;

namespace System;

public class NotSupportedException : SystemException
{
    public NotSupportedException()
    {
    }

    public NotSupportedException(string? message)
        : base(message)
    {
    }

    public NotSupportedException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal override FaultReason Reason => FaultReason.NotSupported;
}
