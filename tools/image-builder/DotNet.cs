using System.IO;
using System.Linq;

namespace Lamina.ImageBuilder;

/// <summary>Builds a project with the SDK.</summary>
internal static class DotNet
{
    /// <summary>The path of the project's assembly, with what it refers to beside it.</summary>
    internal static string Build(string root, string project)
    {
        // Without a target, -getProperty evaluates the project and builds nothing.
        string output = HostTool.Run(
            "dotnet", root, ["build", Path.Combine(root, project), "-nologo", "-v:q", "-t:Build", "-getProperty:TargetPath", "-nodeReuse:false"]);
        return output.Split('\n').Select(line => line.Trim()).Last(line => line.EndsWith(".dll", System.StringComparison.Ordinal));
    }
}
