namespace System.Diagnostics;

public sealed class DebuggerTypeProxyAttribute(Type type) : Attribute
{
}
