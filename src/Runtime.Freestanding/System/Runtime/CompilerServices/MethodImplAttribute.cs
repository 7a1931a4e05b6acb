namespace System.Runtime.CompilerServices;

public sealed class MethodImplAttribute : Attribute
{
    public MethodImplAttribute()
    {
    }

    public MethodImplAttribute(MethodImplOptions methodImplOptions) => Value = methodImplOptions;

    public MethodImplOptions Value { get; }
}
