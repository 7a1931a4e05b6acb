namespace System.Runtime.InteropServices;

public sealed class ComVisibleAttribute(bool visibility) : Attribute
{
}
