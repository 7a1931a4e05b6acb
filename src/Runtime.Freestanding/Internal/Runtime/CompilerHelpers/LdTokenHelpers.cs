using System;

namespace Internal.Runtime.CompilerHelpers;

/// <summary>What ldtoken becomes.</summary>
internal static class LdTokenHelpers
{
    private static RuntimeTypeHandle GetRuntimeTypeHandle(nint type) => new(type);

    private static RuntimeFieldHandle GetRuntimeFieldHandle(nint field) => new(field);

    private static RuntimeMethodHandle GetRuntimeMethodHandle(nint method) => new(method);
}
