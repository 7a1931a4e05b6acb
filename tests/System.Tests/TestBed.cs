using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Lamina.GuestBuilder;
using Lamina.ImageBuilder;
using Lamina.Manifests;
using Lamina.QemuHarness;

namespace Lamina.SystemTests;

/// <summary>The image and the guests, built once for all tests, and machines that boot them.</summary>
public sealed class TestBed : IDisposable
{
    /// <summary>For a Debian kernel to boot, on a machine that may be busy with other things. QEMU takes 5 s for it, Bochs two minutes.</summary>
    public static readonly TimeSpan BootDeadline = TimeSpan.FromMinutes(12);

    /// <summary>For a small guest, from the machine's power-on to its end. QEMU takes a second or two, Bochs up to a minute.</summary>
    public static readonly TimeSpan GuestDeadline = TimeSpan.FromMinutes(5);

    /// <summary>A CPU of Bochs with VT-x and EPT, whose guests must be in protected mode with paging.</summary>
    public const string IntelWithoutUnrestrictedGuest = "corei5_lynnfield_750";

    /// <summary>The checkout.</summary>
    public static string Root { get; } = FindRoot();

    private static readonly IProgress<string> s_silent = new Progress<string>();
    private static readonly Lazy<string> s_image = new(BuildImage);
    private static readonly Lazy<string> s_debian = new(() => DebianGuest.Ensure(Root, s_silent));
    private static readonly Lazy<string> s_product = new(() => ServiceGuests.Ensure(Root, s_silent));
    private static readonly Lazy<string> s_smallGuests = new(() => SmallGuests.Build(Root, s_silent));

    private readonly string _directory = Directory.CreateTempSubdirectory("lamina-test-").FullName;

    /// <summary>The image that is tested.</summary>
    public static string Image => s_image.Value;

    /// <summary>The directory of the Debian guest: its manifest, kernels and initrd.</summary>
    public static string Debian => s_debian.Value;

    /// <summary>The directory of the product's manifests, the service VMs' packages made.</summary>
    public static string Product => s_product.Value;

    /// <summary>The directory of the small guests.</summary>
    public static string SmallGuestDirectory => s_smallGuests.Value;

    /// <summary>Starts a machine with a manifest's VMs.</summary>
    public EmulatedMachine Start(Platform platform, string manifestPath, Func<MachineOptions, MachineOptions>? change = null)
    {
        ManifestResult result = ManifestCompiler.Compile(manifestPath);
        result.Errors.Should().BeEmpty();
        return Start(platform, result.Manifest!.Binary, result.Manifest.Files.Select(file => new BootFile(file.Name, file.Path)), change);
    }

    /// <summary>Starts a machine with whatever bytes as its compiled manifest.</summary>
    public EmulatedMachine Start(Platform platform, byte[] manifest, IEnumerable<BootFile> files, Func<MachineOptions, MachineOptions>? change = null)
    {
        string compiled = Path.Combine(_directory, "manifest.bin");
        File.WriteAllBytes(compiled, manifest);
        return Start(platform, [new BootFile("manifest.bin", compiled), .. files], change);
    }

    /// <summary>Starts a machine with files, or none.</summary>
    public static EmulatedMachine Start(Platform platform, IReadOnlyList<BootFile> files, Func<MachineOptions, MachineOptions>? change = null)
    {
        var options = new MachineOptions
        {
            Image = Image,
            Boot = BootMethod.Multiboot,
            Files = files,
            Emulator = platform == Platform.AmdQemu ? Emulator.Qemu : Emulator.Bochs,
            Vendor = platform == Platform.IntelBochs ? CpuVendor.Intel : CpuVendor.Amd,
        };
        return EmulatedMachine.Start(change is null ? options : change(options));
    }

    /// <summary>Writes a manifest of the tests' own and returns its path; files in it are named by full paths.</summary>
    public string Write(string manifest)
    {
        string path = Path.Combine(_directory, "manifest.yaml");
        File.WriteAllText(path, manifest);
        return path;
    }

    /// <summary>Writes one of the product's manifests, changed, and returns its path; as it lies elsewhere, the paths in it are made full ones.</summary>
    public string WriteProduct(string manifest, Func<string, string> change) =>
        Write(change(File.ReadAllText(Path.Combine(Product, manifest))).Replace("../", Path.GetFullPath(Path.Combine(Product, "..")) + "/"));

    /// <summary>Writes a file of the tests' own and returns its path.</summary>
    public string Write(string name, byte[] content)
    {
        string path = Path.Combine(_directory, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    /// <summary>The path of a small guest's kernel.</summary>
    public static string SmallGuest(string name) => Path.Combine(SmallGuestDirectory, name + ".bin");

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_directory, recursive: true);

    /// <summary>A copy, so that two machines of one test boot the same image, whoever builds another in the meantime.</summary>
    private static string BuildImage()
    {
        string built = ImageBuilder.ImageBuilder.Build(new BuildOptions(ImageRecipe.Lamina, Root, Path.Combine(Root, "artifacts"))).ImagePath;
        string directory = Directory.CreateTempSubdirectory("lamina-image-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(directory, recursive: true);
        string copy = Path.Combine(directory, Path.GetFileName(built));
        File.Copy(built, copy);
        return copy;
    }

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Lamina.slnx")))
            directory = directory.Parent ?? throw new InvalidOperationException("the tests run outside of a checkout: no Lamina.slnx above them");
        return directory.FullName;
    }
}
