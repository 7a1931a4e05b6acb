using System.Collections.Generic;
using System.Reflection.PortableExecutable;

namespace Lamina.Auditor;

/// <summary>The frames' sizes that .pdata tells (PE/COFF "x64 exception handling", UNWIND_INFO).</summary>
internal static class UnwindFrames
{
    private const int EntrySize = 12;
    private const int ChainedInfo = 4;

    /// <summary>Bytes that each function's prologue takes, by the function's address.</summary>
    internal static Dictionary<uint, int> Read(AuditedImage image)
    {
        var frames = new Dictionary<uint, int>();
        DirectoryEntry directory = image.Headers.PEHeader!.ExceptionTableDirectory;
        for (int offset = 0; offset < directory.Size; offset += EntrySize)
        {
            uint entry = (uint)(directory.RelativeVirtualAddress + offset);
            uint unwind = image.ReadUInt32(entry + 8);
            // A piece of a function whose frame another piece made.
            if ((image.Read(unwind, 1)[0] >> 3 & ChainedInfo) == 0)
                frames[image.ReadUInt32(entry)] = Frame(image, unwind);
        }

        return frames;
    }

    private static int Frame(AuditedImage image, uint unwind)
    {
        int count = image.Read(unwind + 2, 1)[0];
        int size = 0;
        for (int i = 0; i < count; i++)
        {
            uint code = unwind + 4 + (uint)(i * 2);
            int operation = image.Read(code + 1, 1)[0] & 0xF;
            int info = image.Read(code + 1, 1)[0] >> 4;
            switch (operation)
            {
                case 0: // UWOP_PUSH_NONVOL
                    size += 8;
                    break;
                case 1 when info == 0: // UWOP_ALLOC_LARGE, in units of 8
                    size += image.ReadUInt16(code + 2) * 8;
                    i++;
                    break;
                case 1: // and in bytes
                    size += (int)image.ReadUInt32(code + 2);
                    i += 2;
                    break;
                case 2: // UWOP_ALLOC_SMALL
                    size += (info * 8) + 8;
                    break;
                case 4: // UWOP_SAVE_NONVOL
                case 8: // UWOP_SAVE_XMM128
                    i++;
                    break;
                case 5: // the same, far
                case 9:
                    i += 2;
                    break;
            }
        }

        return size;
    }
}
