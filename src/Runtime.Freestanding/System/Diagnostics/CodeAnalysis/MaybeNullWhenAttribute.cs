namespace System.Diagnostics.CodeAnalysis;

public sealed class MaybeNullWhenAttribute(bool returnValue) : Attribute
{
}
