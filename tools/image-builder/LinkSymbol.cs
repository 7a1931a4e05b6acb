namespace Lamina.ImageBuilder;

/// <summary>A symbol of the linked image.</summary>
/// <param name="Name">The linker's name for it.</param>
/// <param name="Section">The section's number, from 1.</param>
/// <param name="Rva">Its address, relative to the image's start.</param>
/// <param name="Object">The object file that it came from.</param>
public sealed record LinkSymbol(string Name, int Section, uint Rva, string Object);
