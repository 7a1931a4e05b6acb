using System.Runtime;
using System.Runtime.CompilerServices;

namespace Lamina.Boot;

/// <summary>Where C# begins: the stubs in Asm/ call here, in the high half, on the stack that they were started with.</summary>
internal static unsafe class Entry
{
    private const ushort Com1 = 0x3F8;

    /// <summary>The way in by UEFI.</summary>
    /// <param name="imageHandle">Our handle.</param>
    /// <param name="systemTable">Firmware's table, at its physical address, which firmware maps to itself.</param>
    [RuntimeExport("EfiStart")]
    private static void EfiStart(nint imageHandle, void* systemTable)
    {
        nuint size = BootArena(out byte* memory);
        RuntimeInitialize(memory, size);
        Print("[lamina] hello from C#\r\n");
    }

    private static void Print(string text)
    {
        foreach (char c in text)
        {
            Out(Com1, (byte)c);
        }
    }

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "BootOut8")]
    private static extern void Out(ushort port, byte value);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "BootArena")]
    private static extern nuint BootArena(out byte* memory);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "RuntimeInitialize")]
    private static extern void RuntimeInitialize(byte* memory, nuint size);
}
