using System;

namespace Lamina.Core;

/// <summary>
/// What a VM is started from: its kernel, modules and command lines, which stay in memory for as long as the VM may be reset. Boot makes it of the manifest.
/// Nothing in it is trusted: loaders check every length.
/// </summary>
public abstract class BootFiles
{
    /// <summary>The kernel's file.</summary>
    public abstract ReadOnlySpan<byte> Kernel { get; }

    /// <summary>The kernel's command line, without a final zero.</summary>
    public abstract ReadOnlySpan<byte> CommandLine { get; }

    /// <summary>How many modules there are; for Linux, initial RAM disks.</summary>
    public abstract int ModuleCount { get; }

    /// <summary>A module's file.</summary>
    public abstract ReadOnlySpan<byte> Module(int index);

    /// <summary>A module's command line, without a final zero.</summary>
    public abstract ReadOnlySpan<byte> ModuleCommandLine(int index);
}
