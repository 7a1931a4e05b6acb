using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;

namespace Lamina.GuestBuilder;

/// <summary>The modules of one unpacked kernel package.</summary>
internal sealed class KernelModules
{
    private readonly string _directory;
    private readonly Dictionary<string, string> _files;

    /// <param name="kernelPackage">The directory that stands for the package's root.</param>
    /// <exception cref="GuestBuildException">It holds no modules.</exception>
    public KernelModules(string kernelPackage)
    {
        string modules = Path.Combine(kernelPackage, "lib", "modules");
        _directory = Directory.Exists(modules) && Directory.GetDirectories(modules) is [var only]
            ? only
            : throw new GuestBuildException($"{kernelPackage} holds no lib/modules with one kernel's modules.");
        _files = Directory.EnumerateFiles(_directory, "*.ko", SearchOption.AllDirectories).ToDictionary(NameOf);
    }

    /// <summary>The kernel's release, as <c>uname -r</c> says it.</summary>
    public string Release => Path.GetFileName(_directory);

    /// <summary>The files of the modules <paramref name="names"/> and of all that they need, each after what it needs.</summary>
    /// <exception cref="GuestBuildException">The kernel has no such module.</exception>
    public IReadOnlyList<string> InLoadOrder(IEnumerable<string> names)
    {
        var order = new List<string>();
        foreach (string name in names)
            Add(order, name, "the recipe");
        return order;
    }

    /// <summary>The path of a module's file in a root file system, relative to <c>lib/modules/RELEASE</c>.</summary>
    public string PathOf(string file) => Path.GetRelativePath(_directory, file);

    /// <summary>A <c>modules.dep</c> (depmod(8)) for <paramref name="files"/>: a line <c>MODULE: NEEDED…</c> each, what is needed first standing last.</summary>
    public string DependencyTable(IReadOnlyList<string> files)
    {
        var table = new StringBuilder();
        foreach (string file in files)
        {
            IEnumerable<string> needed = InLoadOrder([NameOf(file)]).SkipLast(1).Reverse();
            table.Append($"{PathOf(file)}:").AppendJoin("", needed.Select(other => ' ' + PathOf(other))).Append('\n');
        }

        return table.ToString();
    }

    private void Add(List<string> order, string name, string neededBy)
    {
        if (!_files.TryGetValue(name.Replace('-', '_'), out string? file))
            throw new GuestBuildException($"kernel {Release} has no module {name}, which {neededBy} needs. It may be built in.");
        if (order.Contains(file))
            return;
        foreach (string dependency in KernelModule.Dependencies(file))
            Add(order, dependency, name);
        order.Add(file);
    }

    // The kernel takes '-' and '_' in a module's name for the same.
    private static string NameOf(string file) => Path.GetFileNameWithoutExtension(file).Replace('-', '_');
}
