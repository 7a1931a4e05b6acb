namespace System.ComponentModel;

public sealed class EditorBrowsableAttribute(EditorBrowsableState state) : Attribute
{
}
