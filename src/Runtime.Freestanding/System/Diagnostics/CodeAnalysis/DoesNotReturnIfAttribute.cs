namespace System.Diagnostics.CodeAnalysis;

public sealed class DoesNotReturnIfAttribute(bool parameterValue) : Attribute
{
}
