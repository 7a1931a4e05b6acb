namespace System.Runtime;

/// <summary>Gives a static method a symbol that assembly can call.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RuntimeExportAttribute(string entry) : Attribute
{
    public string EntryPoint = entry;
}
