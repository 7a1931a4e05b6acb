using System;

namespace Lamina.Core;

/// <summary>What a manifest may hold: said here once, for the compiler on the host and for the hypervisor.</summary>
public static class ManifestRules
{
    /// <summary>The most VMs.</summary>
    public const int MaxVms = 64;

    /// <summary>The most modules of one VM.</summary>
    public const int MaxModulesPerVm = 64;

    /// <summary>The most files of all VMs together; with the compiled manifest itself, 64 travel.</summary>
    public const int MaxFiles = 63;

    /// <summary>The longest string, in bytes; Linux's own limit of a command line on x86 (COMMAND_LINE_SIZE, less its terminator).</summary>
    public const int MaxStringLength = 2047;

    /// <summary>The longest compiled manifest, in bytes.</summary>
    public const int MaxLength = 256 * 1024;

    /// <summary>The longest VM name, in bytes.</summary>
    public const int MaxVmNameLength = 31;

    /// <summary>The longest file name, in bytes.</summary>
    public const int MaxFileNameLength = 63;

    /// <summary>A VM's memory is a multiple of this many bytes: a page.</summary>
    public const ulong MemoryGranularity = 4096;

    /// <summary>The least memory of a VM in bytes: the first MiB, which a PC has for its firmware, and one for a kernel.</summary>
    public const ulong MinMemoryBytes = 2UL << 20;

    /// <summary>The most memory of a VM in bytes, 1 TiB: it fits the 40 bits of guest-physical address that every AMD-V CPU has.</summary>
    public const ulong MaxMemoryBytes = 1UL << 40;

    /// <summary>The most vCPUs of a VM. One, until there is SMP.</summary>
    public const uint MaxVcpus = 1;

    /// <summary>Whether a VM may be called so: 1 to 31 of a-z, 0-9 and '-', and not "lamina", which is the hypervisor's name in the log.</summary>
    public static bool IsVmName(ReadOnlySpan<byte> name)
    {
        if (name.Length == 0 || name.Length > MaxVmNameLength || AreEqual(name, "lamina"u8))
            return false;
        for (int i = 0; i < name.Length; i++)
        {
            if (!IsLetterOrDigit(name[i]) && name[i] != (byte)'-')
                return false;
        }

        return true;
    }

    /// <summary>
    /// Whether a file on the ESP may be called so: 1 to 63 of a-z, 0-9, '-', '_' and '.', beginning with a letter or digit. FAT knows no case,
    /// so there are no capitals; <c>manifest.bin</c> and <c>boot.conf</c> are the hypervisor's own.
    /// </summary>
    public static bool IsFileName(ReadOnlySpan<byte> name)
    {
        if (name.Length == 0 || name.Length > MaxFileNameLength || !IsLetterOrDigit(name[0]))
            return false;
        for (int i = 1; i < name.Length; i++)
        {
            if (!IsLetterOrDigit(name[i]) && name[i] != (byte)'-' && name[i] != (byte)'_' && name[i] != (byte)'.')
                return false;
        }

        return !AreEqual(name, "manifest.bin"u8) && !AreEqual(name, "boot.conf"u8);
    }

    /// <summary>Whether a string may be in a manifest: at most <see cref="MaxStringLength"/> bytes with no zero among them, which would end it early.</summary>
    public static bool IsString(ReadOnlySpan<byte> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == 0)
                return false;
        }

        return text.Length <= MaxStringLength;
    }

    /// <summary>Whether a VM may have so many bytes of memory.</summary>
    public static bool IsMemorySize(ulong bytes) =>
        bytes is >= MinMemoryBytes and <= MaxMemoryBytes && bytes % MemoryGranularity == 0;

    internal static bool AreEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.Length != right.Length)
            return false;
        for (int i = 0; i < left.Length; i++)
        {
            if (left[i] != right[i])
                return false;
        }

        return true;
    }

    private static bool IsLetterOrDigit(byte value) => value is (>= (byte)'a' and <= (byte)'z') or (>= (byte)'0' and <= (byte)'9');
}
