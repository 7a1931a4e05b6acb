using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;

namespace Lamina.ImageBuilder;

/// <summary>The compiler from IL to machine code, whole-program.</summary>
internal static class Ilc
{
    /// <summary>The object file's name, which the map tells.</summary>
    internal const string ObjectName = "managed.obj";

    // It exports nothing, and only what is reached of it is wanted.
    private const string ThirdParty = "Iced.dll";
    private const string Package = "runtime.linux-x64.microsoft.dotnet.ilcompiler";

    /// <summary>The object file with all that the application reaches.</summary>
    /// <param name="options">What is built.</param>
    /// <param name="corelib">The corelib's path.</param>
    /// <param name="application">The application's path; what it refers to lies beside it.</param>
    /// <param name="everything">Whether to compile all of the rooms, reached or not, to find what the corelib lacks; the object is of no other use.</param>
    internal static string Compile(BuildOptions options, string corelib, string application, bool everything = false)
    {
        string facades = Path.Combine(options.IntermediateDirectory, "facades");
        if (Directory.Exists(facades))
            Directory.Delete(facades, recursive: true);
        Directory.CreateDirectory(facades);

        string[] assemblies = Directory.EnumerateFiles(Path.GetDirectoryName(application)!, "*.dll").Order(StringComparer.Ordinal).ToArray();
        string[] rooms = assemblies.Where(assembly => Path.GetFileName(assembly) != ThirdParty).ToArray();
        string[] inputs = everything ? rooms : [application];
        string[] references = [corelib, .. assemblies.Except(inputs), .. FacadeWriter.Write(corelib, assemblies, facades)];
        string output = Path.Combine(options.IntermediateDirectory, everything ? "everything.obj" : ObjectName);
        List<string> arguments =
        [
            .. inputs,
            .. references.Select(reference => $"-r:{reference}"),
            $"-o:{output}",
            $"--systemmodule:{Path.GetFileNameWithoutExtension(corelib)}",
            "--targetos:windows",
            "--targetarch:x64",
            // For space: by count an exit is as fast as with -O or faster, and functions are not padded to 16 bytes.
            "--Os",
            "--reflectiondata:none",
            everything ? "--multifile" : "--nativelib",
            .. rooms.Append(corelib).Select(exporter => $"--generateunmanagedentrypoints:{Path.GetFileNameWithoutExtension(exporter)}"),
        ];
        if (options.Recipe.SubstitutionsFile != null)
            arguments.Add($"--substitution:{options.Recipe.SubstitutionsFile}");

        string said = HostTool.Run(Path.Combine(PackageDirectory(), "tools", "ilc"), options.Root, arguments).Trim();
        // Whatever it says is a complaint; an IL1005 is a method that would always throw, and yet it ends with 0.
        return said.Length == 0 ? output : throw new BuildException($"ilc: a member that src/Runtime.Freestanding lacks, or another complaint:\n{said}");
    }

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
