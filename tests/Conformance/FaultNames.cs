namespace Lamina.Conformance;

/// <summary>What <see cref="Platform.FaultOf"/> says for the corelib's reasons (Internal.Runtime.FaultReason).</summary>
internal static class FaultNames
{
    internal const string None = "none";
    internal const string IndexOutOfRange = "index out of range";
    internal const string Overflow = "overflow";
    internal const string DivideByZero = "divide by zero";
    internal const string InvalidCast = "invalid cast";
    internal const string ArrayTypeMismatch = "array type mismatch";
    internal const string Argument = "argument";
    internal const string InvalidOperation = "invalid operation";

    internal static string OfReason(int reason) => reason switch
    {
        -1 => None,
        2 => IndexOutOfRange,
        3 => Overflow,
        4 => DivideByZero,
        5 => InvalidCast,
        6 => ArrayTypeMismatch,
        12 => Argument,
        13 => InvalidOperation,
        _ => string.Concat("reason ", reason.ToString()),
    };
}
