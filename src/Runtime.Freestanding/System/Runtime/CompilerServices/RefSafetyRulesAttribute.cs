namespace System.Runtime.CompilerServices;

public sealed class RefSafetyRulesAttribute(int version) : Attribute
{
}
