namespace System.Runtime.CompilerServices;

public sealed class InterpolatedStringHandlerArgumentAttribute(string argument) : Attribute
{
}
