namespace System;

/// <summary>The compiler looks for this type.</summary>
internal sealed class RuntimeType : Type;
