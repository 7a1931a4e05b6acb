using System;
using System.Runtime.InteropServices;

namespace Lamina.Core;

/// <summary>What a multiboot kernel is told (Multiboot Specification 0.6.96, 3.3), as far as it is filled; its 116 bytes end in fields that are not.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1, Size = 116)]
internal struct MultibootInformation
{
    public MultibootInformationFlags Flags;
    /// <summary>KiB from 0.</summary>
    public uint LowerMemory;
    /// <summary>KiB from 1 MiB.</summary>
    public uint UpperMemory;
    public uint BootDevice;
    public uint CommandLine;
    public uint ModuleCount;
    public uint Modules;
    private readonly uint _symbols0, _symbols1, _symbols2, _symbols3;
    public uint MapLength;
    public uint Map;
    private readonly uint _drivesLength, _drives, _configuration;
    public uint LoaderName;
}

/// <summary>Which fields of <see cref="MultibootInformation"/> are filled.</summary>
[Flags]
internal enum MultibootInformationFlags : uint
{
    Memory = 1 << 0,
    CommandLine = 1 << 2,
    Modules = 1 << 3,
    Map = 1 << 6,
    LoaderName = 1 << 9,
}

/// <summary>A module: 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct MultibootModule
{
    public uint Start;
    /// <summary>Behind its last byte.</summary>
    public uint End;
    public uint CommandLine;
    public uint Reserved;
}

/// <summary>An entry of the memory map: 24 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct MultibootMapEntry
{
    /// <summary>The length of what follows: 20.</summary>
    public uint Length;
    public MemoryMapEntry Entry;
}
