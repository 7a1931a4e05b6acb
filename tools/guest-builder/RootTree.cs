using System;
using System.Collections.Generic;
using System.Formats.Tar;
using System.IO;
using System.Linq;

namespace Lamina.GuestBuilder;

/// <summary>
/// A root file system while it is put together, with Debian's merged /usr: what a package has in <c>bin</c>, <c>sbin</c> or <c>lib*</c> is moved into
/// <c>usr</c>. All of it is root's, files have mode 755 or 644, and times are 0.
/// </summary>
internal sealed class RootTree
{
    private const UnixFileMode Executable = (UnixFileMode)0x1ED;   // 755
    private const UnixFileMode Plain = (UnixFileMode)0x1A4;        // 644
    private static readonly string[] s_merged = ["bin", "sbin", "lib", "lib32", "lib64", "libx32"];

    private readonly SortedDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly string[] _dropped;

    /// <param name="dropped">Paths that are left out of packages, with what is below them.</param>
    public RootTree(IEnumerable<string> dropped)
    {
        _dropped = [.. dropped];
        foreach (string name in (string[])["bin", "sbin", "lib", "lib64"])
        {
            AddDirectory($"usr/{name}");
            _entries[name] = new Entry(TarEntryType.SymbolicLink, Executable, Target: $"usr/{name}");
        }
    }

    /// <summary>The paths of all that is in it, in order, without leading slashes.</summary>
    public IEnumerable<string> Paths => _entries.Keys;

    /// <summary>Whether there is anything at <paramref name="path"/>.</summary>
    public bool Has(string path) => _entries.ContainsKey(Merge(path));

    /// <summary>Adds what an unpacked package holds, but for what is dropped.</summary>
    public void AddPackage(string root)
    {
        foreach (FileSystemInfo info in new DirectoryInfo(root).EnumerateFileSystemInfos("*", SearchOption.AllDirectories))
        {
            string path = Merge(Path.GetRelativePath(root, info.FullName));
            if (path.Length == 0 || _dropped.Any(prefix => path == prefix || path.StartsWith(prefix + '/', StringComparison.Ordinal)))
                continue;
            if (info.LinkTarget is { } target)
                AddLink(path, target);
            else if (info is DirectoryInfo)
                AddDirectory(path);
            else
                AddFile(path, () => File.ReadAllBytes(info.FullName), (info.UnixFileMode & UnixFileMode.UserExecute) != 0);
        }
    }

    /// <summary>Adds an empty directory and those that it is in.</summary>
    public void AddDirectory(string path) => Add(path, new Entry(TarEntryType.Directory, Executable));

    /// <summary>Adds a file and the directories that it is in.</summary>
    public void AddFile(string path, Func<byte[]> content, bool executable) =>
        Add(path, new Entry(TarEntryType.RegularFile, executable ? Executable : Plain, content));

    /// <summary>Adds a symbolic link and the directories that it is in.</summary>
    public void AddLink(string path, string target) => Add(path, new Entry(TarEntryType.SymbolicLink, Executable, Target: target));

    /// <summary>Writes it as a tar archive (POSIX.1-1988, "ustar").</summary>
    public void WriteTar(Stream output)
    {
        using var archive = new TarWriter(output, TarEntryFormat.Ustar, leaveOpen: true);
        foreach ((string path, Entry entry) in _entries)
        {
            var header = new UstarTarEntry(entry.Type, path)
            {
                Mode = entry.Mode,
                ModificationTime = DateTimeOffset.UnixEpoch,
            };
            if (entry.Content is { } content)
                header.DataStream = new MemoryStream(content());
            if (entry.Target is { } target)
                header.LinkName = target;
            archive.WriteEntry(header);
        }
    }

    private void Add(string path, Entry entry)
    {
        path = Merge(path);
        for (int slash = path.IndexOf('/'); slash >= 0; slash = path.IndexOf('/', slash + 1))
            _entries.TryAdd(path[..slash], new Entry(TarEntryType.Directory, Executable));
        if (_entries.TryGetValue(path, out Entry? there) && there.Type == TarEntryType.Directory && entry.Type != TarEntryType.Directory)
            throw new GuestBuildException($"/{path} is a directory in one package or recipe, and a file or link in another.");
        _entries[path] = entry;
    }

    // The merged directories' own names become "", since they are links here.
    private static string Merge(string path)
    {
        string first = path.Split('/')[0];
        return !s_merged.Contains(first) ? path : path == first ? "" : "usr/" + path;
    }

    private sealed record Entry(TarEntryType Type, UnixFileMode Mode, Func<byte[]>? Content = null, string? Target = null);
}
