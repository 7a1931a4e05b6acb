namespace System.Runtime.CompilerServices;

public sealed class CallerArgumentExpressionAttribute(string parameterName) : Attribute
{
}
