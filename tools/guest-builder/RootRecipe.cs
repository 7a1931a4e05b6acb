using System.Collections.Generic;

namespace Lamina.GuestBuilder;

/// <summary>What a <c>root.yaml</c> under <c>guests/</c> says: how a root file system is made.</summary>
public sealed class RootRecipe
{
    /// <summary>The Debian packages that it is made of; what they depend on comes with them.</summary>
    public List<string> Packages { get; set; } = [];

    /// <summary>Packages that stay out with all that only they need, though others depend on them.</summary>
    public List<string> Without { get; set; } = [];

    /// <summary>Paths, of files or of directories with all that is in them, that stay out. No leading slash; where they lie in the merged <c>/usr</c>.</summary>
    public List<string> Drop { get; set; } = [];

    /// <summary>Names of kernel modules, which come with all that they need.</summary>
    public List<string> Modules { get; set; } = [];

    /// <summary>Commands of busybox that get a name of their own in <c>/usr/bin</c>, but for those that a package brings.</summary>
    public List<string> Applets { get; set; } = [];

    /// <summary>Empty directories.</summary>
    public List<string> Directories { get; set; } = [];

    /// <summary>Symbolic links: path and target.</summary>
    public Dictionary<string, string> Links { get; set; } = [];

    /// <summary>Files of our own.</summary>
    public List<RootFile> Files { get; set; } = [];

    /// <summary>The network VM's rules, relative to the recipe, which become files in <c>etc/lamina</c>; null for other VMs.</summary>
    public string? Rules { get; set; }

    /// <summary>One file of our own: what lies beside the recipe, or zero bytes.</summary>
    public sealed class RootFile
    {
        /// <summary>Its path in the guest, no leading slash.</summary>
        public string Path { get; set; } = "";

        /// <summary>Its path relative to the recipe; null for zeros. What ends in <c>.asm</c> is assembled.</summary>
        public string? From { get; set; }

        /// <summary>How many MiB of zeros it has where it is from nowhere. They take no room in the image.</summary>
        public int ZerosMib { get; set; }

        /// <summary>Mode 755 where true, else 644.</summary>
        public bool Executable { get; set; }
    }

    /// <summary>Reads a recipe.</summary>
    /// <exception cref="GuestBuildException">It is not one; the message has the place.</exception>
    public static RootRecipe Load(string path) => RecipeFile.Load<RootRecipe>(path);
}
