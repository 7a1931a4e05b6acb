namespace System.Runtime.CompilerServices;

public sealed class InternalsVisibleToAttribute(string assemblyName) : Attribute
{
}
