using System;
using Lamina.Host;

namespace Lamina.Boot;

/// <summary>The way in by multiboot: reads what the loader left, while the first 4 GiB are mapped to themselves.</summary>
internal static class MultibootLoader
{
    /// <summary>Fills <paramref name="info"/>; a problem is noted in it.</summary>
    public static void Load(uint magic, ulong address, BootInfo info)
    {
        var memory = new IdentityBytes(IdentityBytes.MultibootLimit);
        switch (magic)
        {
            case Multiboot1Info.Magic:
                Multiboot1Info.TryRead(memory, address, info);
                break;
            case Multiboot2Info.Magic:
                Multiboot2Info.TryRead(memory, address, info);
                break;
            default:
                info.Problem = "the loader is not a multiboot loader: its magic number is neither that of version 1 nor of version 2";
                break;
        }

        if (info.AcpiRootPointer.IsEmpty && AcpiRoot.TryScanBios(memory, out ReadOnlySpan<byte> pointer))
            info.SetAcpiRootPointer(pointer);
        if (info.Framebuffer.Format == PixelFormat.None)
            info.Framebuffer = Framebuffer.VgaText;
    }
}
