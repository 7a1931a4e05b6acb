using System;

namespace Lamina.Core;

/// <summary>What a multiboot kernel asks for (Multiboot Specification 0.6.96, 3.1.2). The lower 16 bits must be understood.</summary>
[Flags]
internal enum MultibootHeaderFlags : uint
{
    /// <summary>Modules begin on pages.</summary>
    AlignModules = 1 << 0,
    /// <summary>It wants to know its memory.</summary>
    MemoryInformation = 1 << 1,
    /// <summary>The header says where to load the file: it need not be an ELF file.</summary>
    Addresses = 1 << 16,

    Mandatory = 0xFFFF,
    Offered = AlignModules | MemoryInformation,
}
