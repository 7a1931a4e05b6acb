namespace Lamina.Auditor;

/// <summary>A symbol of the image.</summary>
/// <param name="Name">Its name, as .names has it; a method table's is the compiler's.</param>
/// <param name="Rva">Its address relative to the image's start.</param>
public sealed record AuditSymbol(string Name, uint Rva);
