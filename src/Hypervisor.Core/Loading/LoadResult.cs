namespace Lamina.Core;

/// <summary>What came of loading a guest; <see cref="GuestLoader.Explain"/> says it in words.</summary>
public enum LoadResult : byte
{
    /// <summary>It is loaded.</summary>
    Loaded,
    /// <summary>The kernel is not a Linux bzImage.</summary>
    NotLinux,
    /// <summary>The Linux kernel is older than boot protocol 2.12, or has no 64-bit entry.</summary>
    LinuxTooOld,
    /// <summary>The kernel's file ends before what its headers speak of.</summary>
    Truncated,
    /// <summary>The kernel is not an ELF file for x86.</summary>
    NotElf,
    /// <summary>The ELF file has no PVH note.</summary>
    NoPvhNote,
    /// <summary>The file has no multiboot header with a right checksum.</summary>
    NoMultibootHeader,
    /// <summary>The multiboot header asks for something that is not offered.</summary>
    MultibootFeature,
    /// <summary>The headers contradict themselves.</summary>
    BadHeader,
    /// <summary>A part of the kernel is to be where the VM has no RAM.</summary>
    OutsideMemory,
    /// <summary>A part of the kernel is to be below 1 MiB, where its boot information is.</summary>
    BelowOneMebibyte,
    /// <summary>Kernel and modules do not fit into the VM's memory.</summary>
    TooLittleMemory,
    /// <summary>The command line is longer than the kernel takes.</summary>
    CommandLineTooLong,
}
