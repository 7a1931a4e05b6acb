namespace System.Runtime.CompilerServices;

public sealed class OverloadResolutionPriorityAttribute(int priority) : Attribute
{
}
