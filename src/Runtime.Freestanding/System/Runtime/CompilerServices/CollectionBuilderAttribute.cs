namespace System.Runtime.CompilerServices;

public sealed class CollectionBuilderAttribute(Type builderType, string methodName) : Attribute
{
}
