// The compiler knows the attribute by this name, in whichever assembly it is declared.
namespace System.Runtime;

/// <summary>Gives a static method a symbol that assembly files can call, as a plain call in the Microsoft x64 ABI.</summary>
/// <param name="entryPoint">The symbol.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RuntimeExportAttribute(string entryPoint) : Attribute
{
    /// <summary>The symbol.</summary>
    public string EntryPoint { get; } = entryPoint;
}
