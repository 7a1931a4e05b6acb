using Internal.Runtime;

namespace Internal.Runtime.CompilerHelpers;

/// <summary>What the compiler calls where code cannot go on.</summary>
internal static class ThrowHelpers
{
    private static void ThrowNullReferenceException() => Fault.Raise(FaultReason.NullReference);

    private static void ThrowIndexOutOfRangeException() => Fault.Raise(FaultReason.IndexOutOfRange);

    private static void ThrowOverflowException() => Fault.Raise(FaultReason.Overflow);

    private static void ThrowDivideByZeroException() => Fault.Raise(FaultReason.DivideByZero);

    private static void ThrowArrayTypeMismatchException() => Fault.Raise(FaultReason.ArrayTypeMismatch);

    private static void ThrowArgumentException() => Fault.Raise(FaultReason.Argument);

    private static void ThrowArgumentOutOfRangeException() => Fault.Raise(FaultReason.Argument);

    private static void ThrowPlatformNotSupportedException() => Fault.Raise(FaultReason.NotSupported);

    private static void ThrowNotImplementedException() => Fault.Raise(FaultReason.NotSupported);

    private static void ThrowNotSupportedException() => Fault.Raise(FaultReason.NotSupported);

    private static void ThrowTypeLoadException(ExceptionStringID id, string className, string typeName) =>
        Fault.Raise(FaultReason.MissingMember, typeName);

    private static void ThrowTypeLoadExceptionWithArgument(ExceptionStringID id, string className, string typeName, string argument) =>
        Fault.Raise(FaultReason.MissingMember, typeName);

    private static void ThrowMissingMethodException(ExceptionStringID id, string methodName) =>
        Fault.Raise(FaultReason.MissingMember, methodName);

    private static void ThrowMissingFieldException(ExceptionStringID id, string fieldName) =>
        Fault.Raise(FaultReason.MissingMember, fieldName);

    private static void ThrowFileNotFoundException(ExceptionStringID id, string fileName) =>
        Fault.Raise(FaultReason.MissingMember, fileName);

    private static void ThrowInvalidProgramException(ExceptionStringID id) => Fault.Raise(FaultReason.MissingMember);

    private static void ThrowInvalidProgramExceptionWithArgument(ExceptionStringID id, string methodName) =>
        Fault.Raise(FaultReason.MissingMember, methodName);

    private static void ThrowMarshalDirectiveException(ExceptionStringID id) => Fault.Raise(FaultReason.MissingMember);

    private static void ThrowAmbiguousMatchException(ExceptionStringID id) => Fault.Raise(FaultReason.MissingMember);

    private static void ThrowBadImageFormatException(ExceptionStringID id) => Fault.Raise(FaultReason.MissingMember);

    private static void ThrowFeatureBodyRemoved() => Fault.Raise(FaultReason.MissingMember);
}
