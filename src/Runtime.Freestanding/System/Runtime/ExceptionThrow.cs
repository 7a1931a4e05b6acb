using Internal.Runtime;

namespace System.Runtime;

/// <summary>What a throw statement becomes.</summary>
internal static class ExceptionThrow
{
    [RuntimeExport("RhpThrowEx")]
    private static void Throw(Exception exception) => Fault.Raise(exception.Reason, exception.Message);

    [RuntimeExport("RhpRethrow")]
    private static void Rethrow() => Fault.Raise(FaultReason.Thrown);

    [RuntimeExport("RhpFallbackFailFast")]
    private static void FailFast() => Fault.Raise(FaultReason.FailFast);
}
