namespace System.Diagnostics;

public sealed class UnreachableException : Exception
{
    public UnreachableException()
    {
    }

    public UnreachableException(string? message)
        : base(message)
    {
    }
}
