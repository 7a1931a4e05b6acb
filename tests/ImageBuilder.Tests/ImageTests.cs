using System;
using System.IO;
using System.Linq;
using System.Reflection.PortableExecutable;

namespace Lamina.ImageBuilder.Tests;

/// <summary>The image itself: the same bytes from the same inputs, and the form that its loaders need.</summary>
public class ImageTests
{
    /// <summary>First light, one VM without virtio, had 400 KiB. Devices, wires, the lives of VMs and contained faults took 72 KiB, all of the machine's CPUs and guests with several 40; whoever needs more than this should ask what for.</summary>
    private const long Limit = 512 << 10;

    [Fact]
    public void Two_builds_in_two_places_give_the_same_bytes_in_the_form_that_loaders_need()
    {
        string root = Root();
        string first = Path.Combine(root, "artifacts", "tests", "first");
        string second = Path.Combine(root, "artifacts", "tests", "second");
        foreach (string directory in (string[])[first, second])
        {
            if (Directory.Exists(directory))
                Directory.Delete(directory, recursive: true);
        }

        BuildResult result = ImageBuilder.Build(new BuildOptions(ImageRecipe.Lamina, root, first));
        BuildResult other = ImageBuilder.Build(new BuildOptions(ImageRecipe.Lamina, root, second));
        byte[] image = File.ReadAllBytes(result.ImagePath);
        File.ReadAllBytes(other.ImagePath).AsSpan().SequenceEqual(image).Should().BeTrue("the inputs are the same");
        other.WasUpToDate.Should().BeFalse();
        ImageBuilder.Build(new BuildOptions(ImageRecipe.Lamina, root, second)).WasUpToDate.Should().BeTrue();

        PEHeaders headers = PeImage.Parse(image).Headers;
        headers.CoffHeader.Characteristics.Should().NotHaveFlag(Characteristics.RelocsStripped);
        headers.PEHeader!.Subsystem.Should().Be(Subsystem.EfiApplication);
        headers.PEHeader.ImageBase.Should().Be(0xFFFF_FFFF_8000_0000);
        headers.PEHeader.ExceptionTableDirectory.Size.Should().BePositive("a panic unwinds by it");
        foreach (SectionHeader section in headers.SectionHeaders.Where(section => section.SizeOfRawData != 0))
            section.PointerToRawData.Should().Be(section.VirtualAddress, "multiboot loads the file flat");
        headers.SectionHeaders.Last().SizeOfRawData.Should().Be(0, "what is not in the file comes last");
        (result.Size - result.NamesSize).Should().BeLessThanOrEqualTo(Limit);
    }

    private static string Root()
    {
        string directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "Lamina.slnx")))
            directory = Path.GetDirectoryName(directory)!;
        return directory;
    }
}
