namespace System.Runtime.CompilerServices;

public sealed class InlineArrayAttribute(int length) : Attribute
{
}
