namespace Lamina.Host;

/// <summary>The screen as the way in found it.</summary>
public readonly struct Framebuffer
{
    /// <summary>HPA of the first pixel or cell.</summary>
    public readonly ulong Address;

    /// <summary>Pixels, or cells, in a line.</summary>
    public readonly uint Width;

    /// <summary>Lines of pixels or cells.</summary>
    public readonly uint Height;

    /// <summary>Bytes from one line to the next.</summary>
    public readonly uint Pitch;

    /// <summary>What the memory holds; <see cref="PixelFormat.None"/> when there is no screen.</summary>
    public readonly PixelFormat Format;

    private const uint MaximumSide = 16384;

    /// <summary>Describes a screen. What cannot be one (no pixels, lines that overlap, absurd sizes) becomes none.</summary>
    public Framebuffer(ulong address, uint width, uint height, uint pitch, PixelFormat format)
    {
        uint cell = format == PixelFormat.Text ? 2u : 4u;
        bool plausible = format != PixelFormat.None && address != 0 && width is > 0 and <= MaximumSide
            && height is > 0 and <= MaximumSide && pitch >= width * cell && pitch <= MaximumSide * cell * 2
            && address < MemoryPlan.PhysicalWindowSize - ((ulong)pitch * height);
        if (!plausible)
            return;
        Address = address;
        Width = width;
        Height = height;
        Pitch = pitch;
        Format = format;
    }

    /// <summary>The 80 by 25 text screen that a PC's BIOS leaves on.</summary>
    public static Framebuffer VgaText => new(0xB8000, 80, 25, 160, PixelFormat.Text);

    /// <summary>Bytes of memory behind the screen.</summary>
    public ulong Length => (ulong)Pitch * Height;
}
