using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;

namespace Lamina.GuestBuilder;

/// <summary>
/// The service VMs (network, desktop, apps, extra) and the outside that tests them, by the recipes under <c>guests/</c>: Debian's cloud kernel, an initrd
/// that mounts the root image, and the root image. Each becomes a package, a directory <c>artifacts/guests/NAME</c>. Files that packages share are the
/// same bytes in each of them.
/// </summary>
public static class ServiceGuests
{
    /// <summary>The manifest of the whole product: all four service VMs, and the outside.</summary>
    public const string Manifest = "manifest.yaml";

    /// <summary>A manifest with network, desktop and the outside alone, for slow emulators.</summary>
    public const string SmallManifest = "small.yaml";

    /// <summary>In a package: the kernel as a bzImage, as Debian ships it.</summary>
    public const string Kernel = "vmlinuz";

    /// <summary>In a package: the initrd.</summary>
    public const string Initrd = "initrd.img";

    /// <summary>In a package: the root file system, a disk to be given read-only.</summary>
    public const string RootDisk = "root.img";

    /// <summary>In a package: what is in it and how it starts.</summary>
    public const string Description = "package.yaml";

    private const string Product = "product";
    private const string Recipe = "recipe.yaml";
    private const string RootRecipeFile = "root.yaml";

    /// <summary>The VMs that packages are made for.</summary>
    public static IReadOnlyList<string> Names { get; } = ["outside", "network", "desktop", "apps", "extra"];

    /// <summary>Makes the packages that are not there, or whose Debian packages or recipes have changed.</summary>
    /// <param name="repoRoot">The directory that holds <c>guests/</c> and <c>artifacts/</c>.</param>
    /// <param name="progress">Gets a line at the start of each long step.</param>
    /// <returns>The directory with <see cref="Manifest"/> and <see cref="SmallManifest"/>; they name the packages' files.</returns>
    /// <exception cref="GuestBuildException">It could not be made; the message says why and what would help.</exception>
    public static string Ensure(string repoRoot, IProgress<string> progress) => WithPackages(repoRoot, progress, packages => Ensure(repoRoot, packages, progress));

    /// <summary>Makes the package of a VM that is for tests alone, and is none of <see cref="Names"/>.</summary>
    /// <param name="repoRoot">The directory that holds <c>guests/</c> and <c>artifacts/</c>.</param>
    /// <param name="name">Its name: that of a directory of <c>guests/</c>.</param>
    /// <param name="progress">Gets a line at the start of each long step.</param>
    /// <returns>The package's directory.</returns>
    /// <exception cref="GuestBuildException">It could not be made; the message says why and what would help.</exception>
    public static string EnsureForTests(string repoRoot, string name, IProgress<string> progress) => WithPackages(repoRoot, progress, packages =>
    {
        EnsureAll(repoRoot, [name], packages, progress);
        return PackageDirectory(repoRoot, name);
    });

    /// <summary>The directory of one VM's package; <see cref="Ensure(string, IProgress{string})"/> makes it.</summary>
    public static string PackageDirectory(string repoRoot, string name) => Path.Combine(repoRoot, "artifacts", "guests", name);

    private static string WithPackages(string repoRoot, IProgress<string> progress, Func<DebianPackages, string> make)
    {
        var packages = new DebianPackages(Path.Combine(repoRoot, "artifacts", "guests", "packages"), progress);
        try
        {
            return make(packages);
        }
        catch (StalePackageListException) when (DebianPackages.CanUpdate)
        {
            packages.Update();
            return make(packages);
        }
    }

    private static string Ensure(string repoRoot, DebianPackages packages, IProgress<string> progress)
    {
        EnsureAll(repoRoot, Names, packages, progress);
        string[] manifests = [.. Directory.GetFiles(Path.Combine(repoRoot, "guests", Product)).Order(StringComparer.Ordinal)];
        return KeyedDirectory.Ensure(PackageDirectory(repoRoot, Product), KeyedDirectory.KeyOf(manifests, []), directory =>
        {
            foreach (string manifest in manifests)
                File.Copy(manifest, Path.Combine(directory, Path.GetFileName(manifest)));
        });
    }

    private static void EnsureAll(string repoRoot, IEnumerable<string> names, DebianPackages packages, IProgress<string> progress)
    {
        string sources = Path.Combine(repoRoot, "guests");
        string output = Path.Combine(repoRoot, "artifacts", "guests");
        var made = new Dictionary<string, string>();
        foreach (string name in names)
        {
            ServiceRecipe recipe = ServiceRecipe.Load(Path.Combine(sources, name, Recipe));
            if (!made.ContainsKey(recipe.Start))
                made.Add(recipe.Start, EnsureStart(sources, output, recipe.Start, packages, progress));
            string rootKey = $"{recipe.Start} {recipe.Root}";
            if (!made.ContainsKey(rootKey))
                made.Add(rootKey, EnsureRoot(sources, output, recipe, packages, progress));
            EnsurePackage(Path.Combine(output, name), name, recipe, made[recipe.Start], made[rootKey]);
        }
    }

    private static string EnsureStart(string sources, string output, string name, DebianPackages packages, IProgress<string> progress)
    {
        string recipeDirectory = Path.Combine(sources, name);
        GuestRecipe recipe = GuestRecipe.Load(Path.Combine(recipeDirectory, Recipe));
        string kernelPackage = packages.KernelOf(recipe.Kernel);
        string[] names = [.. recipe.Initrd.Files.Select(file => file.Package).OfType<string>().Append(kernelPackage).Distinct()];
        string key = KeyedDirectory.KeyOf(Sources(recipeDirectory), Versions(names, packages));
        return KeyedDirectory.Ensure(Path.Combine(output, "parts", name), key, directory =>
        {
            string boot = Path.Combine(packages.Unpack(kernelPackage), "boot");
            File.Copy(Directory.GetFiles(boot, "vmlinuz-*").Single(), Path.Combine(directory, Kernel));
            progress.Report($"packing the initrd of {name}");
            InitrdImage.Write(Path.Combine(directory, Initrd), recipe.Initrd, recipeDirectory, kernelPackage, packages);
        });
    }

    private static string EnsureRoot(string sources, string output, ServiceRecipe recipe, DebianPackages packages, IProgress<string> progress)
    {
        string recipeDirectory = Path.Combine(sources, recipe.Root);
        RootRecipe root = RootRecipe.Load(Path.Combine(recipeDirectory, RootRecipeFile));
        string kernelPackage = packages.KernelOf(GuestRecipe.Load(Path.Combine(sources, recipe.Start, Recipe)).Kernel);
        var image = new RootImage(root, recipeDirectory, kernelPackage, packages);
        string[] files = [.. root.Files.Select(file => file.From).OfType<string>().Select(from => Path.GetFullPath(from, recipeDirectory))];
        string key = KeyedDirectory.KeyOf([.. Sources(recipeDirectory), .. files], Versions([.. image.Packages, kernelPackage], packages));
        return KeyedDirectory.Ensure(Path.Combine(output, "parts", $"{recipe.Root}-root"), key, directory =>
        {
            progress.Report($"packing the root image of {recipe.Root}");
            image.Write(Path.Combine(directory, RootDisk));
            File.WriteAllLines(Path.Combine(directory, "packages"), Versions(image.Packages, packages));
        });
    }

    private static void EnsurePackage(string package, string name, ServiceRecipe recipe, string start, string root)
    {
        string[] files = [Path.Combine(start, Kernel), Path.Combine(start, Initrd), Path.Combine(root, RootDisk)];
        string key = KeyedDirectory.KeyOf(files, [name, recipe.Description, recipe.MemoryMib.ToString(CultureInfo.InvariantCulture), recipe.CommandLine]);
        KeyedDirectory.Ensure(package, key, directory =>
        {
            foreach (string file in files)
                File.Copy(file, Path.Combine(directory, Path.GetFileName(file)));
            File.WriteAllText(Path.Combine(directory, Description), Describe(name, recipe, files, File.ReadAllLines(Path.Combine(root, "packages"))));
        });
    }

    private static string Describe(string name, ServiceRecipe recipe, string[] files, string[] madeOf)
    {
        var text = new StringBuilder($"""
            name: {name}
            description: "{recipe.Description}"
            memory: {recipe.MemoryMib}M
            boot:
              protocol: linux
              kernel: {Kernel}
              initrd: {Initrd}
              command-line: {recipe.CommandLine}
            disks:
              - image: {RootDisk}
            sha256:

            """);
        foreach (string file in files)
            text.Append($"  {Path.GetFileName(file)}: {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)))}\n");
        text.Append("made-of:\n");
        foreach (string package in madeOf)
            text.Append($"  - {package}\n");
        return text.ToString();
    }

    private static string[] Sources(string directory) => [.. Directory.GetFiles(directory).Order(StringComparer.Ordinal)];

    private static string[] Versions(IReadOnlyList<string> names, DebianPackages packages) =>
        [.. names.Select(name => $"{name} {packages.Version(name)}")];
}
