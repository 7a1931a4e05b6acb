using Internal.Runtime;
using System.Diagnostics.CodeAnalysis;

namespace System.Diagnostics;

public static class Debug
{
    [Conditional("DEBUG")]
    public static void Assert([DoesNotReturnIf(false)] bool condition) => Assert(condition, null);

    [Conditional("DEBUG")]
    public static void Assert([DoesNotReturnIf(false)] bool condition, string? message)
    {
        if (!condition)
        {
            Fault.Raise(FaultReason.FailFast, message);
        }
    }
}
