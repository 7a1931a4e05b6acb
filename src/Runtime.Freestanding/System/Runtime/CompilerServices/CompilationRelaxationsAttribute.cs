namespace System.Runtime.CompilerServices;

public sealed class CompilationRelaxationsAttribute(int relaxations) : Attribute
{
}
