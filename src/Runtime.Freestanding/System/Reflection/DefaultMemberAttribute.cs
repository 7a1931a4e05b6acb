namespace System.Reflection;

public sealed class DefaultMemberAttribute(string memberName) : Attribute
{
}
