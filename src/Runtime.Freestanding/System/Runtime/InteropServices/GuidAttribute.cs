namespace System.Runtime.InteropServices;

public sealed class GuidAttribute(string guid) : Attribute
{
}
