namespace System.Runtime.CompilerServices;

public sealed class ParamCollectionAttribute : Attribute;
