using System;
using System.IO;
using System.Linq;

namespace Lamina.GuestBuilder;

/// <summary>Debian's archive as this machine's apt knows it. Nothing is installed: packages are downloaded and unpacked.</summary>
internal sealed class DebianPackages(string cacheDirectory, IProgress<string> progress)
{
    private const string Architecture = "amd64";

    /// <summary>The candidate version of a package.</summary>
    /// <exception cref="GuestBuildException">apt knows no such package.</exception>
    public string Version(string package) => Field(package, "Version")
        ?? throw new GuestBuildException($"apt knows no package {package}: is this Debian, and has 'apt-get update' been run?");

    /// <summary>The versioned kernel package that a kernel metapackage depends on.</summary>
    /// <exception cref="GuestBuildException">It depends on none.</exception>
    public string KernelOf(string metapackage)
    {
        Version(metapackage);
        return (Field(metapackage, "Depends") ?? "").Split(',').Select(dependency => dependency.Trim().Split(' ')[0])
            .FirstOrDefault(name => name.StartsWith("linux-image-", StringComparison.Ordinal))
            ?? throw new GuestBuildException($"{metapackage} depends on no linux-image-* package.");
    }

    /// <summary>Downloads (once) and unpacks a package; returns the directory that stands for its root.</summary>
    /// <exception cref="GuestBuildException">It could not be downloaded or unpacked.</exception>
    public string Unpack(string package)
    {
        string version = Version(package);
        string name = $"{package}_{version.Replace(":", "%3a", StringComparison.Ordinal)}_{Architecture}";
        string root = Path.Combine(cacheDirectory, name);
        if (Directory.Exists(root))
            return root;
        Directory.CreateDirectory(cacheDirectory);
        progress.Report($"downloading {package} {version}");
        HostTool.Run("apt-get", ["-q", "download", $"{package}={version}"], cacheDirectory);
        progress.Report($"unpacking {package}");
        string archive = Path.Combine(cacheDirectory, name + ".deb");
        string unfinished = root + ".unfinished";
        HostTool.Run("dpkg-deb", ["--extract", archive, unfinished]);
        Directory.Move(unfinished, root);
        File.Delete(archive);
        return root;
    }

    private static string? Field(string package, string field)
    {
        string record;
        try
        {
            record = HostTool.Run("apt-cache", ["show", "--no-all-versions", package]);
        }
        catch (GuestBuildException)
        {
            return null;
        }
        return record.Split('\n').FirstOrDefault(line => line.StartsWith(field + ": ", StringComparison.Ordinal))?[(field.Length + 2)..];
    }
}
