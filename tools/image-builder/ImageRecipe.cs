using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Lamina.ImageBuilder;

/// <summary>What an image is made of.</summary>
/// <param name="Name">The image's name: <c>NAME.efi</c> and <c>NAME.map</c> are made.</param>
/// <param name="Project">The project whose assembly, with all that it refers to, is linked; relative to the root.</param>
/// <param name="AssemblyDirectories">Where its .asm files are, the corelib's not among them; relative to the root.</param>
/// <param name="EntryPoint">The symbol at which firmware enters.</param>
public sealed record ImageRecipe(string Name, string Project, IReadOnlyList<string> AssemblyDirectories, string EntryPoint)
{
    /// <summary>The corelib's project, in every image.</summary>
    public const string Corelib = "src/Runtime.Freestanding";

    /// <summary>The hypervisor: every room.</summary>
    public static ImageRecipe Lamina { get; } = new("lamina", "src/Boot", ["src"], "EfiEntry");

    /// <summary>The name of <see cref="Project"/>'s assembly.</summary>
    public string AssemblyName => Path.GetFileName(Project);

    /// <summary>All .asm files, sorted, relative to the root.</summary>
    internal IEnumerable<string> AssemblyFiles(string root) => AssemblyDirectories
        .Append(Corelib)
        .SelectMany(directory => Directory.EnumerateFiles(Path.Combine(root, directory), "*.asm", SearchOption.AllDirectories))
        .Select(path => Path.GetRelativePath(root, path))
        .Distinct()
        .Order(StringComparer.Ordinal);
}
