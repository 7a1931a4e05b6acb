using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using Lamina.Host;

namespace Lamina.Boot;

/// <summary>
/// Where C# begins: the stubs in Asm/ call here, in the high half, on the stack that they were started with. Each way in fills the same
/// <see cref="BootInfo"/>, and both go on in <see cref="TakeOver"/>.
/// </summary>
internal static unsafe class Entry
{
    /// <summary>The way in by UEFI.</summary>
    /// <param name="imageHandle">Our handle.</param>
    /// <param name="system">Firmware's table, at its physical address, which firmware maps to itself.</param>
    /// <param name="imageAddress">HPA that firmware loaded the image at.</param>
    /// <param name="timestamp">The time stamp counter at the first instruction.</param>
    /// <returns>An error, which was told on firmware's console: firmware goes on. On success it does not return.</returns>
    [RuntimeExport("EfiStart")]
    private static EfiStatus EfiStart(nint imageHandle, EfiSystemTable* system, ulong imageAddress, ulong timestamp)
    {
        BootInfo info = Begin(imageAddress, timestamp);
        EfiStatus status = new EfiLoader(imageHandle, system, info).Load();
        if (status == EfiStatus.Success)
            TakeOver.Run(info);
        return status;
    }

    /// <summary>The way in by multiboot. It does not return.</summary>
    /// <param name="magic">Which version: what EAX held.</param>
    /// <param name="information">HPA of what the loader left: what EBX held.</param>
    /// <param name="timestamp">The time stamp counter at the first instruction.</param>
    [RuntimeExport("MultibootStart")]
    private static void MultibootStart(uint magic, uint information, ulong timestamp)
    {
        BootInfo info = Begin(MemoryPlan.MultibootLoadAddress, timestamp);
        MultibootLoader.Load(magic, information, info);
        TakeOver.Run(info);
    }

    private static BootInfo Begin(ulong imageAddress, ulong timestamp)
    {
        nuint size = BootArena(out byte* memory);
        RuntimeInitialize(memory, size);
        ImageHeader.TryOpen(new ReadOnlySpan<byte>((void*)MemoryPlan.Image, ImageHeader.Size), out ImageHeader header);
        return new BootInfo { ImageAddress = imageAddress, ImageLength = header.ImageLength, EntryTimestamp = timestamp };
    }

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "BootArena")]
    private static extern nuint BootArena(out byte* memory);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "RuntimeInitialize")]
    private static extern void RuntimeInitialize(byte* memory, nuint size);
}
