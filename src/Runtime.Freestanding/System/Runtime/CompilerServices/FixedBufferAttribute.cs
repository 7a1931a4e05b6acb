namespace System.Runtime.CompilerServices;

public sealed class FixedBufferAttribute(Type elementType, int length) : Attribute
{
}
