namespace System.Runtime.CompilerServices;

public sealed class NullableContextAttribute(byte flag) : Attribute
{
}
