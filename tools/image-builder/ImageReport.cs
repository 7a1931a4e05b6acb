using System.Globalization;
using System.Linq;
using System.Reflection.PortableExecutable;
using System.Text;

namespace Lamina.ImageBuilder;

/// <summary>What an image is made up of, for a person.</summary>
internal static class ImageReport
{
    /// <summary>A line for each section, and the sizes.</summary>
    internal static string Of(byte[] image)
    {
        PeImage pe = PeImage.Parse(image);
        var text = new StringBuilder();
        foreach (SectionHeader section in pe.Headers.SectionHeaders)
            text.Append(CultureInfo.InvariantCulture, $"{section.Name,-8} {section.VirtualSize,9:N0} bytes at {section.VirtualAddress:X8}\n");
        text.Append(CultureInfo.InvariantCulture, $"image    {image.Length - pe.NamesSize,9:N0} bytes without function names, {image.Length:N0} with\n");
        return text.ToString();
    }
}
