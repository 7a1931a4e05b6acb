using System;
using Lamina.Core;

namespace Lamina.Manifests.Kernels;

/// <summary>Finds out, before anything boots, whether a file is a kernel for a boot protocol.</summary>
internal static class KernelCheck
{
    /// <summary>What is wrong with the kernel and what would be right; null if it is one.</summary>
    /// <param name="protocol">The protocol that the manifest asks for.</param>
    /// <param name="file">The whole file.</param>
    /// <param name="leastMemory">What it needs of guest-physical memory to start, in bytes from 0.</param>
    internal static string? Check(BootProtocol protocol, ReadOnlySpan<byte> file, out ulong leastMemory)
    {
        leastMemory = 0;
        return protocol switch
        {
            BootProtocol.Linux => LinuxKernel.Check(file, out leastMemory),
            BootProtocol.Pvh => PvhKernel.Check(file, out leastMemory),
            _ => MultibootKernel.Check(file),
        };
    }

    /// <summary>What the file is instead, and the protocol for it: ends a message.</summary>
    internal static string Instead(ReadOnlySpan<byte> file)
    {
        if (file.IsEmpty)
            return "; this file is empty";
        if (LinuxKernel.IsBzImage(file))
            return "; this file is a bzImage: 'protocol: linux' takes it";
        if (PvhKernel.HasEntry(file))
            return "; this file is an ELF with the PVH note: 'protocol: pvh' takes it";
        if (MultibootKernel.HasHeader(file))
            return "; this file has a multiboot header: 'protocol: multiboot' takes it";
        if (MultibootKernel.IsMultiboot2(file))
            return "; this file has only a multiboot2 header, which Lamina does not boot guests by";
        return ElfFile.IsElf(file) ? "; this file is an ELF without the PVH note" : "";
    }
}
