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

    /// <summary>The most vCPUs of a VM.</summary>
    public const uint MaxVcpus = 32;

    /// <summary>The least weight of a VM.</summary>
    public const uint MinWeight = 1;

    /// <summary>The greatest weight of a VM.</summary>
    public const uint MaxWeight = 10_000;

    /// <summary>The highest cap of a VM, in percent of a CPU for each vCPU; the lowest is 1, and 0 says that there is none.</summary>
    public const uint MaxCapPercent = 100;

    /// <summary>The shortest time within which a VM must be ready, in milliseconds.</summary>
    public const uint MinReadyWithinMilliseconds = 1000;

    /// <summary>The longest time within which a VM must be ready, in milliseconds.</summary>
    public const uint MaxReadyWithinMilliseconds = 60 * 60 * 1000;

    /// <summary>The shortest first pause before a VM that failed starts again, in milliseconds.</summary>
    public const uint MinBackOffMilliseconds = 10;

    /// <summary>The longest pause before a VM that failed starts again, in milliseconds: doubling stops there.</summary>
    public const uint MaxBackOffMilliseconds = 60 * 1000;

    /// <summary>The most disks of one VM.</summary>
    public const int MaxDisksPerVm = 8;

    /// <summary>A disk's image is a multiple of this many bytes: virtio-blk's sector (virtio 1.2, 5.2.4).</summary>
    public const int SectorSize = 512;

    /// <summary>The least memory for the changed blocks of a copy-on-write disk, in bytes.</summary>
    public const ulong MinWriteBytes = 1UL << 20;

    /// <summary>The most network interfaces of one VM, its ports included.</summary>
    public const int MaxInterfacesPerVm = 16;

    /// <summary>The most wires.</summary>
    public const int MaxWires = 128;

    /// <summary>The longest name of a port, in bytes.</summary>
    public const int MaxPortNameLength = 31;

    /// <summary>The most pairs of a receive and a transmit queue of one network interface.</summary>
    public const uint MaxQueuePairs = 8;

    /// <summary>The least rate of a wire in bits per second: a full frame then takes a fifth of a second.</summary>
    public const ulong MinBitsPerSecond = 64_000;

    /// <summary>The greatest rate of a wire in bits per second.</summary>
    public const ulong MaxBitsPerSecond = 1_000_000_000_000;

    private const ulong MulticastBit = 1;
    private const int MacAddressBits = 48;

    /// <summary>Whether a VM may be called so: 1 to 31 of a-z, 0-9 and '-', and not "lamina", which is the hypervisor's name in the log.</summary>
    public static bool IsVmName(ReadOnlySpan<byte> name) => IsPlain(name, MaxVmNameLength) && !AreEqual(name, "lamina"u8);

    /// <summary>Whether a port of a VM may be called so: 1 to 31 of a-z, 0-9 and '-'.</summary>
    public static bool IsPortName(ReadOnlySpan<byte> name) => IsPlain(name, MaxPortNameLength);

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

    /// <summary>Whether a copy-on-write disk may keep so many bytes of changed blocks.</summary>
    public static bool IsWriteSize(ulong bytes) =>
        bytes is >= MinWriteBytes and <= MaxMemoryBytes && bytes % MemoryGranularity == 0;

    /// <summary>Whether a wire may be limited to so many bits per second; 0, which is no limit, is not asked for here.</summary>
    public static bool IsRate(ulong bitsPerSecond) => bitsPerSecond is >= MinBitsPerSecond and <= MaxBitsPerSecond;

    /// <summary>
    /// Whether an interface may have this MAC address, its first octet in bits 7:0: unicast (IEEE 802-2014, 8.2.2: bit 0 of the first octet is 0), and not all zero.
    /// </summary>
    public static bool IsMacAddress(ulong address) =>
        address != 0 && address >> MacAddressBits == 0 && (address & MulticastBit) == 0;

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

    private static bool IsPlain(ReadOnlySpan<byte> name, int maxLength)
    {
        for (int i = 0; i < name.Length; i++)
        {
            if (!IsLetterOrDigit(name[i]) && name[i] != (byte)'-')
                return false;
        }

        return name.Length != 0 && name.Length <= maxLength;
    }

    private static bool IsLetterOrDigit(byte value) => value is (>= (byte)'a' and <= (byte)'z') or (>= (byte)'0' and <= (byte)'9');
}
