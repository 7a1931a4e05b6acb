using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Lamina.GuestBuilder;

/// <summary>Debian's archive as this machine's apt knows it. Nothing is installed: packages are downloaded and unpacked.</summary>
internal sealed class DebianPackages(string cacheDirectory, IProgress<string> progress)
{
    private readonly Dictionary<string, string> _records = [];

    /// <summary>Whether this process may fetch the lists of packages anew.</summary>
    public static bool CanUpdate => Environment.IsPrivilegedProcess;

    /// <summary>Fetches the lists of packages anew: they are missing on a machine fresh from its image, and in time name versions that are gone.</summary>
    /// <exception cref="GuestBuildException">It failed.</exception>
    public void Update()
    {
        // apt itself does not wait for another apt that fetches them, it fails.
        using FileStream fetched = KeyedDirectory.Lock(Path.Combine(cacheDirectory, "lists.lock"));
        progress.Report("fetching Debian's package lists");
        HostTool.Run("apt-get", ["-q", "update"]);
        _records.Clear();
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
        return Dependencies(metapackage, "Depends").FirstOrDefault(name => name.StartsWith("linux-image-", StringComparison.Ordinal))
            ?? throw new GuestBuildException($"{metapackage} depends on no linux-image-* package.");
    }

    /// <summary>
    /// <paramref name="packages"/> and all that they depend on, in alphabetical order. Of alternatives the first is taken. What is in <paramref name="without"/>
    /// stays out, with all that is needed for it alone.
    /// </summary>
    /// <exception cref="StalePackageListException">apt does not know one of them.</exception>
    public IReadOnlyList<string> Closure(IEnumerable<string> packages, IReadOnlyCollection<string> without)
    {
        var closure = new SortedSet<string>(StringComparer.Ordinal);
        string[] level = [.. packages];
        while (level.Length != 0)
        {
            Fetch(level);
            foreach (string package in level)
            {
                Version(package);
                closure.Add(package);
            }

            level = [.. level.SelectMany(package => Dependencies(package, "Pre-Depends").Concat(Dependencies(package, "Depends")))
                .Distinct().Where(name => !closure.Contains(name) && !without.Contains(name))];
        }

        return [.. closure];
    }

    /// <summary>
    /// Downloads (once) and unpacks a package; returns the directory that stands for its root. All guests have one cache: those that want a package at once wait for each other.
    /// </summary>
    /// <exception cref="StalePackageListException">It could not be downloaded.</exception>
    /// <exception cref="GuestBuildException">It could not be unpacked.</exception>
    public string Unpack(string package)
    {
        string version = Version(package);
        string name = $"{package}_{version.Replace(":", "%3a", StringComparison.Ordinal)}_{Field(package, "Architecture")}";
        string root = Path.Combine(cacheDirectory, name);
        if (Directory.Exists(root))
            return root;
        using FileStream made = KeyedDirectory.Lock(root + ".lock");
        if (Directory.Exists(root))
            return root;
        progress.Report($"downloading {package} {version}");
        try
        {
            HostTool.Run("apt-get", [.. IndexOptions(), "-q", "download", $"{package}={version}"], cacheDirectory);
        }
        catch (GuestBuildException exception)
        {
            throw new StalePackageListException(exception.Message);
        }
        progress.Report($"unpacking {package}");
        string archive = Path.Combine(cacheDirectory, name + ".deb");
        string unfinished = root + ".unfinished";
        KeyedDirectory.Remove(unfinished);
        HostTool.Run("dpkg-deb", ["--extract", archive, unfinished]);
        Directory.Move(unfinished, root);
        File.Delete(archive);
        return root;
    }

    // Each name that a package depends on, without its versions and architecture: "libc6 (>= 2.36), debconf:any | debconf-2.0" is libc6 and debconf.
    private IEnumerable<string> Dependencies(string package, string field) =>
        (Field(package, field) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(dependency => dependency.Split(' ', '|', ':')[0]);

    private string? Field(string package, string field)
    {
        Fetch(package);
        return _records.GetValueOrDefault(package)?.Split('\n')
            .FirstOrDefault(line => line.StartsWith(field + ": ", StringComparison.Ordinal))?[(field.Length + 2)..];
    }

    private void Fetch(params string[] packages)
    {
        string[] unknown = [.. packages.Where(package => !_records.ContainsKey(package))];
        if (unknown.Length == 0)
            return;
        string records;
        try
        {
            records = HostTool.Run("apt-cache", [.. IndexOptions(), "show", "--no-all-versions", .. unknown]);
        }
        catch (GuestBuildException exception)
        {
            throw new StalePackageListException(exception.Message);
        }

        foreach (string record in records.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            const string Name = "Package: ";
            if (record.Split('\n').FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal)) is { } line)
                _records[line[Name.Length..]] = record;
        }
    }

    // With an index of our own, apt need not read its lists each time. It makes the index anew when they have changed.
    private string[] IndexOptions()
    {
        string index = Path.Combine(Path.GetFullPath(cacheDirectory), "index");
        Directory.CreateDirectory(index);
        return ["-o", $"Dir::Cache::pkgcache={index}/pkgcache.bin", "-o", $"Dir::Cache::srcpkgcache={index}/srcpkgcache.bin"];
    }
}
