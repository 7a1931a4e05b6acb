using System;
using System.Buffers.Binary;

namespace Lamina.Manifests.Kernels;

/// <summary>An ELF that says by a note where it is entered without firmware: Xen's docs/misc/pvh.pandoc and public/elfnote.h.</summary>
internal static class PvhKernel
{
    /// <summary>XEN_ELFNOTE_PHYS32_ENTRY.</summary>
    private const uint Phys32Entry = 18;

    private const int NoteHeaderLength = 12;
    private const uint NoteAlignment = 4;

    internal static string? Check(ReadOnlySpan<byte> file, out ulong leastMemory)
    {
        leastMemory = 0;
        if (!ElfFile.IsElf(file))
        {
            string instead = LinuxKernel.IsBzImage(file)
                ? "; this file is a bzImage: 'protocol: linux' takes it, or take the vmlinux out of it (the kernel's scripts/extract-vmlinux)"
                : KernelCheck.Instead(file);
            return "is no PVH kernel: 'protocol: pvh' takes an ELF with the note XEN_ELFNOTE_PHYS32_ENTRY" + instead;
        }

        if (!HasEntry(file))
            return "is an ELF without the note XEN_ELFNOTE_PHYS32_ENTRY, which 'protocol: pvh' needs (Linux has it when built with CONFIG_PVH)"
                + (MultibootKernel.HasHeader(file) ? "; 'protocol: multiboot' takes this file" : "");
        foreach (ElfFile.Segment segment in ElfFile.ReadSegments(file))
        {
            if (segment.Type == ElfFile.SegmentLoad)
                leastMemory = Math.Max(leastMemory, segment.PhysicalAddress + segment.MemorySize);
        }

        return null;
    }

    internal static bool HasEntry(ReadOnlySpan<byte> file)
    {
        if (!ElfFile.IsElf(file))
            return false;
        foreach (ElfFile.Segment segment in ElfFile.ReadSegments(file))
        {
            if (segment.Type == ElfFile.SegmentNote && HasEntryNote(file.Slice((int)segment.FileOffset, (int)segment.FileSize)))
                return true;
        }

        return false;
    }

    private static bool HasEntryNote(ReadOnlySpan<byte> notes)
    {
        while (notes.Length >= NoteHeaderLength)
        {
            uint nameLength = BinaryPrimitives.ReadUInt32LittleEndian(notes);
            uint descriptionLength = BinaryPrimitives.ReadUInt32LittleEndian(notes[4..]);
            uint type = BinaryPrimitives.ReadUInt32LittleEndian(notes[8..]);
            ulong length = NoteHeaderLength + Align(nameLength) + Align(descriptionLength);
            if (length > (ulong)notes.Length)
                return false;
            if (type == Phys32Entry && descriptionLength >= sizeof(uint) && notes.Slice(NoteHeaderLength, (int)nameLength).SequenceEqual("Xen\0"u8))
                return true;
            notes = notes[(int)length..];
        }

        return false;
    }

    private static ulong Align(uint length) => ((ulong)length + NoteAlignment - 1) & ~(ulong)(NoteAlignment - 1);
}
