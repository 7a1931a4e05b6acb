using System.Runtime.InteropServices;

namespace Lamina.Core;

/// <summary>A virtio-blk disk of one VM.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public struct DiskRecord
{
    /// <summary>How many bytes of changed blocks are kept at most: <see cref="ManifestRules.IsWriteSize"/>; 0 if the disk is read-only.</summary>
    public ulong WriteBytes;

    /// <summary>The index of the <see cref="FileRecord"/> with its image, which is whole sectors long. Several disks may share one.</summary>
    public uint File;

    /// <summary>What becomes of writes.</summary>
    public DiskMode Mode;

    /// <summary>Zero.</summary>
    public byte Reserved0;

    /// <summary>Zero.</summary>
    public ushort Reserved1;
}
