using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Lamina.GuestBuilder;

/// <summary>
/// The default guest: Debian's own cloud kernel, unmodified, and a small initrd with busybox, by the recipe in <c>guests/debian</c>.
/// The same packages and recipe give the same bytes.
/// </summary>
public static class DebianGuest
{
    /// <summary>The kernel as a bzImage, as Debian ships it.</summary>
    public const string Kernel = "vmlinuz";

    /// <summary>The kernel as an ELF with its PVH note.</summary>
    public const string PvhKernel = "vmlinux";

    /// <summary>The initrd.</summary>
    public const string Initrd = "initrd.img";

    /// <summary>The manifest that starts it.</summary>
    public const string Manifest = "manifest.yaml";

    /// <summary>Makes the guest if it is not there, or if its packages or recipe have changed.</summary>
    /// <param name="repoRoot">The directory that holds <c>guests/</c> and <c>artifacts/</c>.</param>
    /// <param name="progress">Gets a line at the start of each long step.</param>
    /// <returns>The directory with <see cref="Manifest"/>, <see cref="Kernel"/>, <see cref="PvhKernel"/> and <see cref="Initrd"/>.</returns>
    /// <exception cref="GuestBuildException">It could not be made; the message says why and what would help.</exception>
    public static string Ensure(string repoRoot, IProgress<string> progress)
    {
        string output = Path.Combine(repoRoot, "artifacts", "guests");
        var packages = new DebianPackages(Path.Combine(output, "packages"), progress);
        try
        {
            return Ensure(repoRoot, output, packages, progress);
        }
        catch (StalePackageListException) when (DebianPackages.CanUpdate)
        {
            packages.Update();
            return Ensure(repoRoot, output, packages, progress);
        }
    }

    private static string Ensure(string repoRoot, string output, DebianPackages packages, IProgress<string> progress)
    {
        string recipeDirectory = Path.Combine(repoRoot, "guests", "debian");
        GuestRecipe recipe = GuestRecipe.Load(Path.Combine(recipeDirectory, "recipe.yaml"));
        string kernelPackage = packages.KernelOf(recipe.Kernel);

        IEnumerable<string> names = recipe.Initrd.Files.Where(file => file.Package != null).Select(file => file.Package!).Append(kernelPackage);
        string key = KeyedDirectory.KeyOf(
            [.. Directory.GetFiles(recipeDirectory).Order(StringComparer.Ordinal)],
            [.. names.Distinct().Select(name => $"{name} {packages.Version(name)}")]);

        return KeyedDirectory.Ensure(Path.Combine(output, "debian"), key, directory =>
        {
            string boot = Path.Combine(packages.Unpack(kernelPackage), "boot");
            byte[] kernel = File.ReadAllBytes(Directory.GetFiles(boot, "vmlinuz-*").Single());
            File.WriteAllBytes(Path.Combine(directory, Kernel), kernel);
            progress.Report("unpacking the kernel for PVH");
            File.WriteAllBytes(Path.Combine(directory, PvhKernel), BzImage.ExtractElf(kernel));
            progress.Report("packing the initrd");
            InitrdImage.Write(Path.Combine(directory, Initrd), recipe.Initrd, recipeDirectory, kernelPackage, packages);
            File.Copy(Path.Combine(recipeDirectory, Manifest), Path.Combine(directory, Manifest));
        });
    }
}
