using System.IO;
using System.IO.Compression;
using System.Linq;

namespace Lamina.GuestBuilder;

/// <summary>Packs an initrd by its recipe. The same packages and recipe give the same bytes.</summary>
internal static class InitrdImage
{
    private const string ModuleDirectory = "modules";

    /// <summary>Names the module files of <see cref="ModuleDirectory"/>, a line each, in the order to load them in.</summary>
    private const string ModuleOrder = ModuleDirectory + "/order";

    /// <summary>Writes it to the file at <paramref name="path"/>.</summary>
    /// <param name="path">Is overwritten.</param>
    /// <param name="recipe">What lies in it.</param>
    /// <param name="recipeDirectory">Where files that come from no package are.</param>
    /// <param name="kernelPackage">The name of the kernel's package, which modules are from.</param>
    /// <param name="packages">Where the other files are from.</param>
    /// <exception cref="GuestBuildException">A package, file or module is missing.</exception>
    public static void Write(string path, GuestRecipe.InitrdContent recipe, string recipeDirectory, string kernelPackage, DebianPackages packages)
    {
        using FileStream output = File.Create(path);
        using var compressed = new GZipStream(output, CompressionLevel.SmallestSize);   // its header holds no time and no name
        var archive = new CpioWriter(compressed);
        foreach (string directory in recipe.Directories)
            archive.AddDirectory(directory);
        foreach (GuestRecipe.InitrdFile file in recipe.Files)
        {
            string root = file.Package == null ? recipeDirectory : packages.Unpack(file.Package);
            archive.AddFile(file.Path, File.ReadAllBytes(Path.Combine(root, file.From)), file.Executable);
        }

        if (recipe.Modules.Count != 0)
            AddModules(archive, recipe, new KernelModules(packages.Unpack(kernelPackage)));
        archive.Finish();
    }

    private static void AddModules(CpioWriter archive, GuestRecipe.InitrdContent recipe, KernelModules modules)
    {
        string[] files = [.. modules.InLoadOrder(recipe.Modules)];
        archive.AddDirectory(ModuleDirectory);
        foreach (string file in files)
            archive.AddFile($"{ModuleDirectory}/{Path.GetFileName(file)}", File.ReadAllBytes(file), executable: false);
        archive.AddFile(ModuleOrder, System.Text.Encoding.ASCII.GetBytes(string.Concat(files.Select(file => Path.GetFileName(file) + '\n'))), executable: false);
    }
}
