namespace System.Runtime.CompilerServices;

public sealed class TypeForwardedToAttribute(Type destination) : Attribute
{
}
