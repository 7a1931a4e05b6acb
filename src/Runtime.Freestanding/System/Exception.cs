using Internal.Runtime;

namespace System;

/// <summary>Thrown, it ends what the CPU was doing: see <see cref="Fault"/>. It is never caught.</summary>
public class Exception
{
    private readonly string? _message;

    public Exception()
    {
    }

    public Exception(string? message) => _message = message;

    public Exception(string? message, Exception? innerException) => _message = message;

    public virtual string Message => _message ?? "";

    internal virtual FaultReason Reason => FaultReason.Thrown;
}
