using System.Runtime.InteropServices;

namespace Lamina.Core;

/// <summary>A module of one VM: an initrd for Linux, a module for PVH and multiboot.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public struct ModuleRecord
{
    /// <summary>The index of the <see cref="FileRecord"/> with its content. Several modules may share one.</summary>
    public uint File;

    /// <summary>The module's command line, without a terminator.</summary>
    public ManifestString CommandLine;
}
