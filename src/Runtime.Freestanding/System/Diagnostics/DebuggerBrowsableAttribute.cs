namespace System.Diagnostics;

public sealed class DebuggerBrowsableAttribute(DebuggerBrowsableState state) : Attribute
{
}
