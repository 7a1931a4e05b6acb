using System;
using Lamina.Host;

namespace Lamina.Boot;

/// <summary>
/// What the image knows of the machine when it starts: the same, whichever way it came in. Filled once by that way's
/// loader, read by all after. All capacities are fixed, as it is filled before there is memory to allocate.
/// </summary>
public sealed class BootInfo
{
    /// <summary>The most files: the compiled manifest and what it names.</summary>
    public const int MaximumFiles = 64;

    /// <summary>The longest text of boot parameters, in bytes.</summary>
    public const int MaximumParameters = 4096;

    private readonly BootFile[] _files = new BootFile[MaximumFiles];
    private readonly byte[] _parameters = new byte[MaximumParameters];
    private readonly byte[] _acpiRootPointer = new byte[AcpiRoot.PointerSize];
    private int _parametersLength;
    private int _acpiRootPointerLength;

    /// <summary>The way in.</summary>
    public BootWay Way { get; set; }

    /// <summary>The time stamp counter at the image's first instruction.</summary>
    public ulong EntryTimestamp { get; set; }

    /// <summary>HPA that the image lies at.</summary>
    public ulong ImageAddress { get; set; }

    /// <summary>Bytes of the image in memory, a multiple of the page size.</summary>
    public ulong ImageLength { get; set; }

    /// <summary>
    /// A copy of ACPI's root pointer (RSDP), as the original may lie in memory that is given out again; empty when the way
    /// in gave none. Nothing of it is checked yet.
    /// </summary>
    public ReadOnlySpan<byte> AcpiRootPointer => new(_acpiRootPointer, 0, _acpiRootPointerLength);

    /// <summary>The screen; its format is <see cref="PixelFormat.None"/> when there is none.</summary>
    public Framebuffer Framebuffer { get; set; }

    /// <summary>What firmware said of memory.</summary>
    public MemoryMap Memory { get; } = new();

    /// <summary>How many files came along.</summary>
    public int FileCount { get; private set; }

    /// <summary>What went wrong while this was filled, in words; empty when nothing did.</summary>
    public string Problem { get; set; } = "";

    /// <summary>The boot parameters, as they were written.</summary>
    public ReadOnlySpan<byte> Parameters => new(_parameters, 0, _parametersLength);

    /// <summary>The file <paramref name="index"/>; file 0 is the compiled manifest.</summary>
    public BootFile File(int index) => _files[index];

    /// <summary>Adds a file.</summary>
    /// <returns>False when there are <see cref="MaximumFiles"/> already.</returns>
    public bool AddFile(BootFile file)
    {
        if (FileCount == MaximumFiles)
            return false;
        _files[FileCount++] = file;
        return true;
    }

    /// <summary>Keeps the text of the boot parameters, up to its first zero; what is over <see cref="MaximumParameters"/> is cut.</summary>
    public void SetParameters(ReadOnlySpan<byte> text)
    {
        int length = 0;
        while (length < text.Length && length < MaximumParameters && text[length] != 0)
        {
            _parameters[length] = text[length];
            length++;
        }

        _parametersLength = length;
    }

    /// <summary>Keeps a copy of ACPI's root pointer, of 20 (ACPI 1.0) or at least 36 bytes.</summary>
    public void SetAcpiRootPointer(ReadOnlySpan<byte> pointer)
    {
        _acpiRootPointerLength = Math.Min(pointer.Length, AcpiRoot.PointerSize);
        pointer[.._acpiRootPointerLength].CopyTo(_acpiRootPointer);
    }

    /// <summary>
    /// Marks the image and the files in the memory map as theirs, and normalises it. Call it when all is filled in.
    /// </summary>
    /// <returns>False when the map does not fit its array.</returns>
    public bool Complete()
    {
        bool fits = Memory.Add(ImageAddress, ImageLength, MemoryKind.BootLoaded);
        for (int i = 0; i < FileCount; i++)
            fits &= Memory.Add(_files[i].Address, _files[i].Length, MemoryKind.BootLoaded);
        return fits && Memory.Normalise();
    }
}
