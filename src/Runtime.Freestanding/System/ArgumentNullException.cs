using Internal.Runtime;

namespace System;

public class ArgumentNullException : ArgumentException
{
    public ArgumentNullException()
    {
    }

    public ArgumentNullException(string? paramName)
        : base(null, paramName)
    {
    }

    public ArgumentNullException(string? paramName, string? message)
        : base(message, paramName)
    {
    }

    public static void ThrowIfNull(object? argument, string? paramName = null)
    {
        if (argument == null)
        {
            Fault.Raise(FaultReason.Argument, paramName);
        }
    }
}
