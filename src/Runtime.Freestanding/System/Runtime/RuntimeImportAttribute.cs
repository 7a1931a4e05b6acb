namespace System.Runtime;

/// <summary>Binds an extern method to a symbol of assembly; a call of it is a plain call.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RuntimeImportAttribute(string library, string entry) : Attribute
{
    public string DllName { get; } = library;

    public string EntryPoint { get; } = entry;
}
