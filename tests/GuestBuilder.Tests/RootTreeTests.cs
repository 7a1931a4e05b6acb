using System;
using System.Collections.Generic;
using System.Formats.Tar;
using System.IO;
using System.Linq;
using System.Runtime.Versioning;

namespace Lamina.GuestBuilder.Tests;

[UnsupportedOSPlatform("windows")]   // modes of files
public sealed class RootTreeTests : IDisposable
{
    private readonly string _package = Directory.CreateTempSubdirectory("lamina-tree-").FullName;

    public void Dispose() => Directory.Delete(_package, recursive: true);

    [Fact]
    public void MergesUsrAndKeepsLinks()
    {
        Put("bin/tool", executable: true);
        Put("lib/x/library.so.1");
        Directory.CreateDirectory(Path.Combine(_package, "usr", "bin"));
        File.CreateSymbolicLink(Path.Combine(_package, "usr/bin/alias"), "tool");

        List<TarEntry> entries = Entries(Tree());

        entries.Select(entry => entry.Name.TrimEnd('/')).Should().Contain(["usr/bin/tool", "usr/lib/x/library.so.1", "usr/bin/alias", "usr/lib/x"]);
        entries.Single(entry => entry.Name == "bin").LinkName.Should().Be("usr/bin");
        entries.Single(entry => entry.Name == "usr/bin/alias").LinkName.Should().Be("tool");
    }

    [Fact]
    public void AllIsRootsWithPlainModesAndNoTime()
    {
        Put("usr/bin/tool", executable: true);
        File.SetUnixFileMode(Path.Combine(_package, "usr/bin/tool"), (UnixFileMode)0xFC9);   // 7711 in octal: the set-user-ID bit goes too
        Put("usr/share/text");

        List<TarEntry> entries = Entries(Tree());

        entries.Should().OnlyContain(entry => entry.Uid == 0 && entry.Gid == 0 && entry.ModificationTime == DateTimeOffset.UnixEpoch);
        entries.Single(entry => entry.Name == "usr/bin/tool").Mode.Should().Be((UnixFileMode)0x1ED);
        entries.Single(entry => entry.Name == "usr/share/text").Mode.Should().Be((UnixFileMode)0x1A4);
    }

    [Fact]
    public void DropsWhatIsBelowAPathAndNotWhatOnlyBeginsLikeIt()
    {
        Put("usr/share/doc/tool/copyright");
        Put("usr/share/doctor");

        Tree("usr/share/doc").Paths.Should().Contain("usr/share/doctor").And.NotContain(path => path.Contains("copyright"));
    }

    [Fact]
    public void RefusesAFileWhereADirectoryIs()
    {
        Put("etc/tool/one");
        RootTree tree = Tree();

        FluentActions.Invoking(() => tree.AddFile("etc/tool", () => [], executable: false)).Should().Throw<GuestBuildException>().WithMessage("/etc/tool is a directory*");
    }

    [Fact]
    public void TheOrderOfPackagesChangesNoByte()
    {
        string other = Directory.CreateTempSubdirectory("lamina-tree-").FullName;
        try
        {
            Put("usr/bin/one");
            File.WriteAllText(Path.Combine(other, "two"), "2");
            var tree = new RootTree([]);
            tree.AddPackage(other);
            tree.AddPackage(_package);
            RootTree turned = Tree();
            turned.AddPackage(other);

            Bytes(turned).Should().Equal(Bytes(tree));
        }
        finally
        {
            Directory.Delete(other, recursive: true);
        }
    }

    private RootTree Tree(params string[] dropped)
    {
        var tree = new RootTree(dropped);
        tree.AddPackage(_package);
        return tree;
    }

    private void Put(string path, bool executable = false)
    {
        string file = Path.Combine(_package, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, path);
        File.SetUnixFileMode(file, executable ? (UnixFileMode)0x1ED : (UnixFileMode)0x1A4);
    }

    private static byte[] Bytes(RootTree tree)
    {
        using var archive = new MemoryStream();
        tree.WriteTar(archive);
        return archive.ToArray();
    }

    private static List<TarEntry> Entries(RootTree tree)
    {
        using var reader = new TarReader(new MemoryStream(Bytes(tree)));
        var entries = new List<TarEntry>();
        while (reader.GetNextEntry() is { } entry)
            entries.Add(entry);
        return entries;
    }
}
