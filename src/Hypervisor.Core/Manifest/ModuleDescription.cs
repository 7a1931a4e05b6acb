using System;

namespace Lamina.Core;

/// <summary>A module (initrd) of one VM of a checked <see cref="BootManifest"/>.</summary>
public readonly ref struct ModuleDescription
{
    internal ModuleDescription(int file, ReadOnlySpan<byte> commandLine)
    {
        File = file;
        CommandLine = commandLine;
    }

    /// <summary>The index of its content among the manifest's files.</summary>
    public int File { get; }

    /// <summary>The module's command line: UTF-8, with no zero byte in it or behind it.</summary>
    public ReadOnlySpan<byte> CommandLine { get; }
}
