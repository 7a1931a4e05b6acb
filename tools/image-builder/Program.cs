using System;
using System.IO;

namespace Lamina.ImageBuilder;

/// <summary>The builder without the command line's comfort: <c>dotnet run --project tools/image-builder [all|conformance]</c>.</summary>
internal static class Program
{
    /// <summary>Builds artifacts/lamina.efi. "all" compiles all of the rooms, reached or not, to find what the corelib lacks;
    /// "conformance" builds artifacts/conformance.efi.</summary>
    private static int Main(string[] arguments)
    {
        string root = FindRoot();
        ImageRecipe recipe = arguments is ["conformance"] ? ImageRecipe.Conformance : ImageRecipe.Lamina;
        var options = new BuildOptions(recipe, root, Path.Combine(root, "artifacts"));
        try
        {
            if (arguments is ["all"])
            {
                ImageBuilder.CompileEverything(options);
                Console.WriteLine("the corelib has all that the rooms use");
                return 0;
            }

            BuildResult result = ImageBuilder.Build(options, new Printer());
            Console.Write(result.Report);
            Console.WriteLine(result.ImagePath + (result.WasUpToDate ? " (was up to date)" : ""));
            return 0;
        }
        catch (BuildException failure)
        {
            Console.Error.WriteLine(failure.Message);
            return 3;
        }
    }

    private static string FindRoot()
    {
        string? directory = AppContext.BaseDirectory;
        while (directory != null && !File.Exists(Path.Combine(directory, "Lamina.slnx")))
            directory = Path.GetDirectoryName(directory);
        return directory ?? Directory.GetCurrentDirectory();
    }

    private sealed class Printer : IProgress<string>
    {
        public void Report(string value) => Console.WriteLine(value);
    }
}
