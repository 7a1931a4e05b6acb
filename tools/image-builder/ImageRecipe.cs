using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Lamina.ImageBuilder;

/// <summary>What an image is made of.</summary>
/// <param name="Name">The image's name: <c>NAME.efi</c> and <c>NAME.map</c> are made.</param>
/// <param name="Project">The project whose assembly, with all that it refers to, is linked; relative to the root.</param>
/// <param name="AssemblySources">Its .asm files, or directories full of them, the corelib's not among them; relative to the root.</param>
/// <param name="EntryPoint">The symbol at which firmware enters.</param>
/// <param name="ReviewedFile">What the auditor is told, relative to the root; null for an image that is not audited.</param>
/// <param name="SubstitutionsFile">Which bodies the compiler leaves out, relative to the root.</param>
public sealed record ImageRecipe(
    string Name, string Project, IReadOnlyList<string> AssemblySources, string EntryPoint, string? ReviewedFile = null, string? SubstitutionsFile = null)
{
    /// <summary>The corelib's project, in every image.</summary>
    public const string Corelib = "src/Runtime.Freestanding";

    /// <summary>The hypervisor: every room.</summary>
    public static ImageRecipe Lamina { get; } =
        new("lamina", "src/Boot", ["src"], "EfiEntry", "tools/auditor/reviewed.yaml", "src/Hypervisor.Core/Emulation/Iced.substitutions.xml");

    /// <summary>The corelib's conformance suite, by itself on the metal.</summary>
    public static ImageRecipe Conformance { get; } =
        new("conformance", "tests/Conformance", ["tests/Conformance", "src/Boot/Asm/EfiEntry.asm"], "EfiEntry");

    /// <summary>All .asm files, sorted, relative to the root.</summary>
    internal IEnumerable<string> AssemblyFiles(string root) => AssemblySources
        .Append(Corelib)
        .Select(source => Path.Combine(root, source))
        .SelectMany(source => File.Exists(source) ? [source] : Directory.EnumerateFiles(source, "*.asm", SearchOption.AllDirectories))
        .Select(path => Path.GetRelativePath(root, path))
        .Distinct()
        .Order(StringComparer.Ordinal);
}
