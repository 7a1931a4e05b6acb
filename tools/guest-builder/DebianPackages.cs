using System;
using System.IO;
using System.Linq;

namespace Lamina.GuestBuilder;

/// <summary>Debian's archive as this machine's apt knows it. Nothing is installed: packages are downloaded and unpacked.</summary>
internal sealed class DebianPackages(string cacheDirectory, IProgress<string> progress)
{
    private const string Architecture = "amd64";

    /// <summary>Whether this process may fetch the lists of packages anew.</summary>
    public static bool CanUpdate => Environment.IsPrivilegedProcess;

    /// <summary>Fetches the lists of packages anew: they are missing on a machine fresh from its image, and in time name versions that are gone.</summary>
    /// <exception cref="GuestBuildException">It failed.</exception>
    public void Update()
    {
        progress.Report("fetching Debian's package lists");
        HostTool.Run("apt-get", ["-q", "update"]);
    }

    /// <summary>The candidate version of a package.</summary>
    /// <exception cref="StalePackageListException">apt knows no such package.</exception>
    public string Version(string package) => Field(package, "Version")
        ?? throw new StalePackageListException($"apt knows no package {package}");

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
    /// <exception cref="StalePackageListException">It could not be downloaded.</exception>
    /// <exception cref="GuestBuildException">It could not be unpacked.</exception>
    public string Unpack(string package)
    {
        string version = Version(package);
        string name = $"{package}_{version.Replace(":", "%3a", StringComparison.Ordinal)}_{Architecture}";
        string root = Path.Combine(cacheDirectory, name);
        if (Directory.Exists(root))
            return root;
        Directory.CreateDirectory(cacheDirectory);
        progress.Report($"downloading {package} {version}");
        try
        {
            HostTool.Run("apt-get", ["-q", "download", $"{package}={version}"], cacheDirectory);
        }
        catch (GuestBuildException exception)
        {
            throw new StalePackageListException(exception.Message);
        }
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
