namespace System.Runtime.CompilerServices;

public sealed class NullableAttribute : Attribute
{
    public NullableAttribute(byte flag)
    {
    }

    public NullableAttribute(byte[] flags)
    {
    }
}
