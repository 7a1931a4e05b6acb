using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;

namespace Lamina.ImageBuilder;

/// <summary>A hash of all that an image is made from: the sources, the pinned versions, and this builder.</summary>
internal sealed record InputKey(string Hash)
{
    private static readonly string[] Extensions = [".cs", ".csproj", ".asm", ".inc", ".props", ".targets", ".xml", ".yaml"];

    /// <summary>The key of the inputs as they are now.</summary>
    internal static InputKey Of(BuildOptions options)
    {
        IEnumerable<string> directories = [Path.Combine(options.Root, "src"), Path.Combine(options.Root, options.Recipe.Project), .. AuditDirectories(options.Root)];
        IEnumerable<string> files = directories
            .SelectMany(directory => Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(options.Root))
            .Where(path => Extensions.Contains(Path.GetExtension(path)))
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
            .Append(typeof(InputKey).Assembly.Location)
            .Distinct()
            .Order(StringComparer.Ordinal);

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(options.Recipe.Name));
        foreach (string file in files)
        {
            // The path says where a file belongs, not where the checkout is.
            hash.AppendData(Encoding.UTF8.GetBytes(Path.GetRelativePath(options.Root, file)));
            hash.AppendData(SHA256.HashData(File.ReadAllBytes(file)));
        }

        return new InputKey(Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>Whether the image that is there was made from these inputs.</summary>
    internal bool Matches(BuildOptions options) =>
        File.Exists(options.ImagePath) && File.Exists(options.MapPath) && File.Exists(KeyPath(options))
        && File.ReadAllText(KeyPath(options)) == Entry(options);

    /// <summary>Remembers that it was.</summary>
    internal void Save(BuildOptions options) => File.WriteAllText(KeyPath(options), Entry(options));

    private static string KeyPath(BuildOptions options) => Path.Combine(options.IntermediateDirectory, "inputs.sha256");

    // With the image's own hash, so that an image that someone else put there is not taken for ours.
    private string Entry(BuildOptions options) => Hash + " " + Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(options.ImagePath)));

    private static IEnumerable<string> AuditDirectories(string root)
    {
        string auditor = Path.Combine(root, "tools", "auditor");
        return Directory.Exists(auditor) ? [auditor] : [];
    }
}
