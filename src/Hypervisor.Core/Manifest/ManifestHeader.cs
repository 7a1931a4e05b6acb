using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Lamina.Core;

/// <summary>The first bytes of a compiled manifest. <see cref="ManifestLayout"/> says what follows.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public struct ManifestHeader
{
    /// <summary>"LaminaVM" in ASCII.</summary>
    public const ulong MagicValue = 0x4D56_616E_696D_614C;

    /// <summary>The version of the format that this source reads and writes.</summary>
    public const uint CurrentVersion = 3;

    /// <summary>Where <see cref="Checksum"/> lies, in bytes from the start.</summary>
    public const int ChecksumOffset = 16;

    /// <summary><see cref="MagicValue"/>.</summary>
    public ulong Magic;

    /// <summary><see cref="CurrentVersion"/>.</summary>
    public uint Version;

    /// <summary>Of the whole manifest, this header included, in bytes.</summary>
    public uint TotalLength;

    /// <summary><see cref="Crc32"/> of the whole manifest with this field zero. It finds a damaged file; it proves no origin.</summary>
    public uint Checksum;

    /// <summary>How many <see cref="VmRecord"/>s there are.</summary>
    public uint VmCount;

    /// <summary>How many <see cref="FileRecord"/>s there are.</summary>
    public uint FileCount;

    /// <summary>How many <see cref="ModuleRecord"/>s there are, of all VMs together.</summary>
    public uint ModuleCount;

    /// <summary>How many <see cref="DiskRecord"/>s there are, of all VMs together.</summary>
    public uint DiskCount;

    /// <summary>How many <see cref="InterfaceRecord"/>s there are, of all VMs together.</summary>
    public uint InterfaceCount;

    /// <summary>How many <see cref="WireRecord"/>s there are.</summary>
    public uint WireCount;

    /// <summary>Of the string area, in bytes.</summary>
    public uint StringLength;

    /// <summary>Zero.</summary>
    public uint Reserved;

    /// <summary>The checksum of a whole manifest, which must be at least as long as its header: as if the field itself were zero.</summary>
    public static uint ComputeChecksum(ReadOnlySpan<byte> manifest)
    {
        ReadOnlySpan<byte> zero = [0, 0, 0, 0];
        Crc32 crc = Crc32.Start();
        crc.Add(manifest.Slice(0, ChecksumOffset));
        crc.Add(zero);
        crc.Add(manifest.Slice(ChecksumOffset + zero.Length));
        return crc.Value;
    }

    /// <summary>Writes the checksum of a whole manifest into its header.</summary>
    public static void Seal(Span<byte> manifest) =>
        BinaryPrimitives.WriteUInt32LittleEndian(manifest.Slice(ChecksumOffset), ComputeChecksum(manifest));
}
