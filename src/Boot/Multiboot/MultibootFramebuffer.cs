using Lamina.Host;

namespace Lamina.Boot;

/// <summary>The screen as both versions of multiboot describe it (Multiboot2 2.0, 3.6.12; Multiboot 0.6.96, 3.3).</summary>
internal static class MultibootFramebuffer
{
    private const byte DirectColour = 1;
    private const byte EgaText = 2;

    /// <summary>Makes a <see cref="Framebuffer"/> of a loader's fields; one that cannot be written to becomes none.</summary>
    public static Framebuffer Read(ulong address, uint pitch, uint width, uint height, byte bits, byte type, byte redPosition)
    {
        PixelFormat format = type switch
        {
            DirectColour when bits == 32 && redPosition == 16 => PixelFormat.BlueGreenRed,
            DirectColour when bits == 32 && redPosition == 0 => PixelFormat.RedGreenBlue,
            EgaText => PixelFormat.Text,
            _ => PixelFormat.None,
        };
        return new Framebuffer(address, width, height, pitch, format);
    }
}
