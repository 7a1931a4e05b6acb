using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;

namespace Lamina.ImageBuilder;

/// <summary>The compiler from IL to machine code, whole-program.</summary>
internal static class Ilc
{
    private const string Package = "runtime.linux-x64.microsoft.dotnet.ilcompiler";

    /// <summary>The object file with all that the application reaches.</summary>
    /// <param name="options">What is built.</param>
    /// <param name="corelib">The corelib's path.</param>
    /// <param name="application">The application's path; what it refers to lies beside it.</param>
    /// <param name="rootEverything">Whether to compile all of the rooms, reached or not: to find what the corelib lacks.</param>
    internal static string Compile(BuildOptions options, string corelib, string application, bool rootEverything = false)
    {
        string facades = Path.Combine(options.IntermediateDirectory, "facades");
        if (Directory.Exists(facades))
            Directory.Delete(facades, recursive: true);
        Directory.CreateDirectory(facades);

        string[] rooms = Directory.EnumerateFiles(Path.GetDirectoryName(application)!, "*.dll").Order(StringComparer.Ordinal).ToArray();
        IReadOnlyList<string> references = [corelib, .. rooms.Where(room => room != application), .. FacadeWriter.Write(corelib, rooms, facades)];
        string corelibName = Path.GetFileNameWithoutExtension(corelib);
        string output = Path.Combine(options.IntermediateDirectory, "managed.obj");
        List<string> arguments =
        [
            application,
            .. references.Select(reference => $"-r:{reference}"),
            $"-o:{output}",
            $"--systemmodule:{corelibName}",
            "--targetos:windows",
            "--targetarch:x64",
            "-O",
            "--reflectiondata:none",
            "--nativelib",
            $"--generateunmanagedentrypoints:{corelibName}",
        ];
        // A room that exports nothing is no trouble; one that exports is found by its attribute.
        string[] owners = rooms.Where(room => !IsThirdParty(room)).Select(room => Path.GetFileNameWithoutExtension(room)).ToArray();
        arguments.AddRange(owners.Select(owner => $"--generateunmanagedentrypoints:{owner}"));
        if (rootEverything)
            arguments.AddRange(owners.Select(owner => $"--root:{owner}"));

        string said = HostTool.Run(Path.Combine(PackageDirectory(), "tools", "ilc"), options.Root, arguments).Trim();
        // Whatever it says is a complaint; an IL1005 is a method that would always throw, and yet it ends with 0.
        return said.Length == 0 ? output : throw new BuildException($"ilc: a member that src/Runtime.Freestanding lacks, or another complaint:\n{said}");
    }

    // What came from a package exports nothing.
    private static bool IsThirdParty(string assembly) => !File.Exists(Path.ChangeExtension(assembly, ".xml")) && !File.Exists(Path.ChangeExtension(assembly, ".pdb")) && Path.GetFileName(assembly) == "Iced.dll";

    private static string PackageDirectory()
    {
        string version = typeof(Ilc).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "IlCompilerVersion").Value!;
        string packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        string directory = Path.Combine(packages, Package, version);
        return Directory.Exists(directory)
            ? directory
            : throw new BuildException($"the package {Package} {version} is not at {directory}: 'dotnet restore tools/image-builder' fetches it");
    }
}
