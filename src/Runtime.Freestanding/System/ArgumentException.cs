using Internal.Runtime;

namespace System;

public class ArgumentException : SystemException
{
    public ArgumentException()
    {
    }

    public ArgumentException(string? message)
        : base(message)
    {
    }

    public ArgumentException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    public ArgumentException(string? message, string? paramName)
        : base(message ?? paramName)
    {
    }

    internal override FaultReason Reason => FaultReason.Argument;
}
