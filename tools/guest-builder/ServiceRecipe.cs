namespace Lamina.GuestBuilder;

/// <summary>What the <c>recipe.yaml</c> of a service VM says: <c>guests/NAME/recipe.yaml</c> is for the VM NAME.</summary>
public sealed class ServiceRecipe
{
    /// <summary>What the VM is for, in a line.</summary>
    public string Description { get; set; } = "";

    /// <summary>The VM's RAM in MiB.</summary>
    public int MemoryMib { get; set; }

    /// <summary>The directory under <c>guests/</c> whose <c>recipe.yaml</c> says what the kernel and the initrd are.</summary>
    public string Start { get; set; } = "";

    /// <summary>The directory under <c>guests/</c> whose <c>root.yaml</c> says what the root file system is.</summary>
    public string Root { get; set; } = "";

    /// <summary>The kernel's command line.</summary>
    public string CommandLine { get; set; } = "";

    /// <summary>Reads a recipe.</summary>
    /// <exception cref="GuestBuildException">It is not one; the message has the place.</exception>
    public static ServiceRecipe Load(string path) => RecipeFile.Load<ServiceRecipe>(path);
}
