using System.Collections.Generic;

namespace Lamina.GuestBuilder;

/// <summary>What a <c>recipe.yaml</c> under <c>guests/</c> says.</summary>
public sealed class GuestRecipe
{
    /// <summary>The kernel's metapackage.</summary>
    public string Kernel { get; set; } = "";

    /// <summary>What lies in the initrd.</summary>
    public InitrdContent Initrd { get; set; } = new();

    /// <summary>The initrd's directories and files, in the order of the archive.</summary>
    public sealed class InitrdContent
    {
        /// <summary>Paths of directories, parents first, no leading slash.</summary>
        public List<string> Directories { get; set; } = [];

        /// <summary>The files.</summary>
        public List<InitrdFile> Files { get; set; } = [];

        /// <summary>
        /// Names of kernel modules, which come with all that they need into <c>modules/</c>; <c>modules/order</c> names their files as they
        /// are to be loaded.
        /// </summary>
        public List<string> Modules { get; set; } = [];
    }

    /// <summary>One file of the initrd.</summary>
    public sealed class InitrdFile
    {
        /// <summary>Its path in the guest, no leading slash.</summary>
        public string Path { get; set; } = "";

        /// <summary>The Debian package that it comes from; without one, it lies beside the recipe.</summary>
        public string? Package { get; set; }

        /// <summary>Its path in the package, or relative to the recipe.</summary>
        public string From { get; set; } = "";

        /// <summary>Mode 755 where true, else 644.</summary>
        public bool Executable { get; set; }
    }

    /// <summary>Reads a recipe.</summary>
    /// <exception cref="GuestBuildException">It is not one; the message has the place.</exception>
    public static GuestRecipe Load(string path) => RecipeFile.Load<GuestRecipe>(path);
}
