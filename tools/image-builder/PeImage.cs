using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Reflection.PortableExecutable;

namespace Lamina.ImageBuilder;

/// <summary>The headers of a PE32+ image that the builder and its tests look at (Microsoft PE/COFF specification).</summary>
public sealed class PeImage
{
    private PeImage(PEHeaders headers) => Headers = headers;

    /// <summary>All headers.</summary>
    public PEHeaders Headers { get; }

    /// <summary>Bytes of the section .names, 0 without one; padding to the next section is counted.</summary>
    public long NamesSize => Headers.SectionHeaders.Where(section => section.Name == ".names").Sum(section => (long)section.SizeOfRawData);

    /// <summary>Reads the headers of an image.</summary>
    public static PeImage Parse(ReadOnlySpan<byte> image)
    {
        using var stream = new System.IO.MemoryStream(image.ToArray());
        return new PeImage(new PEHeaders(stream));
    }
}
