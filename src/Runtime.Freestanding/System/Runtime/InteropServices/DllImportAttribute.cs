namespace System.Runtime.InteropServices;

public sealed class DllImportAttribute(string dllName) : Attribute
{
    public string? EntryPoint;
    public CallingConvention CallingConvention;
    public bool ExactSpelling;
    public bool SetLastError;

    public string Value { get; } = dllName;
}
