using System;
using System.IO;

namespace Lamina.Cli;

/// <summary>The checkout that the command line works in.</summary>
internal sealed class Repository
{
    private const string Solution = "Lamina.slnx";

    internal Repository(string root) => Root = root;

    internal string Root { get; }

    /// <summary>Where all goes that is made.</summary>
    internal string Artifacts => Path.Combine(Root, "artifacts");

    /// <summary>The bootable image.</summary>
    internal string Image => Path.Combine(Artifacts, "lamina.efi");

    internal string Readme => Path.Combine(Root, "README.md");

    internal string SolutionFile => Path.Combine(Root, Solution);

    /// <summary>The checkout around this program, or else around the current directory.</summary>
    internal static Repository Find() =>
        FindAbove(AppContext.BaseDirectory) ?? FindAbove(Environment.CurrentDirectory)
        ?? throw new CliException(ExitCode.Usage, $"no Lamina checkout (a directory with {Solution}) is above {AppContext.BaseDirectory} or {Environment.CurrentDirectory}");

    private static Repository? FindAbove(string start)
    {
        for (DirectoryInfo? directory = new(start); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, Solution)))
                return new Repository(directory.FullName);
        }

        return null;
    }
}
