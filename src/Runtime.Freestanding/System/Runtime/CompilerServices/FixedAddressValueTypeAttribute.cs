namespace System.Runtime.CompilerServices;

public sealed class FixedAddressValueTypeAttribute : Attribute;
