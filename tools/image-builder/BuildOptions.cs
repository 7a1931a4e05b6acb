using System.IO;

namespace Lamina.ImageBuilder;

/// <summary>What to build, from where, to where.</summary>
/// <param name="Recipe">What the image is made of.</param>
/// <param name="Root">The checkout.</param>
/// <param name="OutputDirectory">Where the image and its map go; what is made on the way goes to <c>image/NAME</c> below it.</param>
public sealed record BuildOptions(ImageRecipe Recipe, string Root, string OutputDirectory)
{
    /// <summary>The image.</summary>
    public string ImagePath => Path.Combine(OutputDirectory, Recipe.Name + ".efi");

    /// <summary>The linker's map of it.</summary>
    public string MapPath => Path.Combine(OutputDirectory, Recipe.Name + ".map");

    internal string IntermediateDirectory => Path.Combine(OutputDirectory, "image", Recipe.Name);
}
