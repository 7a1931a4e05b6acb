using System;
using Lamina.Host;

namespace Lamina.Boot;

/// <summary>Takes the machine over from whatever started the image, and hands it to the hypervisor.</summary>
internal static unsafe class TakeOver
{
    public static void Run(BootInfo info)
    {
        bool ok = info.Complete();
        Print("[lamina] boot way "); Number((ulong)info.Way); Print(ok ? " ok\n" : " map bad\n");
        Print(info.Problem); Print("\n");
        for (int i = 0; i < info.Memory.Count; i++)
        {
            Number(info.Memory[i].Base); Print(" "); Number(info.Memory[i].Length); Print(" "); Number((ulong)info.Memory[i].Kind); Print("\n");
        }
        Print("image "); Number(info.ImageAddress); Print(" "); Number(info.ImageLength); Print("\n");
        for (int i = 0; i < info.FileCount; i++) { Number(info.File(i).Address); Print(" "); Number(info.File(i).Length); Print("\n"); }
        Number((ulong)info.AcpiRootPointer.Length); Print("\n");
        Number(info.Framebuffer.Address); Print(" "); Number(info.Framebuffer.Width);Print("\n");
        foreach (byte b in info.Parameters) Instructions.WritePort8(0x3f8, b);
        Print("\n[end]\n");
        Instructions.Halt();
    }
    private static void Print(string s) { foreach (char c in s) Instructions.WritePort8(0x3f8, (byte)c); }
    private static void Number(ulong v)
    {
        Span<byte> t = stackalloc byte[20];
        int n = TextFormat.Hexadecimal(v, 1, t);
        foreach (byte b in t[..n]) Instructions.WritePort8(0x3f8, b);
    }
}
