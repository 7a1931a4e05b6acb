// The compiler knows the attribute by this name, in whichever assembly it is declared.
namespace System.Runtime;

/// <summary>
/// Binds a <c>static extern</c> method, which also is <c>[MethodImpl(MethodImplOptions.InternalCall)]</c>, to a symbol of an assembly
/// file. On the metal a call of it is a plain call in the Microsoft x64 ABI; on the host it cannot be called.
/// </summary>
/// <param name="library">Always "*": the image itself.</param>
/// <param name="entryPoint">The symbol.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RuntimeImportAttribute(string library, string entryPoint) : Attribute
{
    /// <summary>Always "*": the image itself.</summary>
    public string Library { get; } = library;

    /// <summary>The symbol.</summary>
    public string EntryPoint { get; } = entryPoint;
}
