namespace System.Runtime.InteropServices;

public enum UnmanagedType
{
    Bool = 2,
}
