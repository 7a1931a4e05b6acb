namespace Lamina.Core;

/// <summary>A virtio-blk disk of one VM of a checked <see cref="BootManifest"/>.</summary>
public readonly struct DiskDescription
{
    internal DiskDescription(in DiskRecord record)
    {
        File = (int)record.File;
        Mode = record.Mode;
        WriteBytes = record.WriteBytes;
    }

    /// <summary>The index of its image among the manifest's files. The image is a multiple of <see cref="ManifestRules.SectorSize"/> long.</summary>
    public int File { get; }

    /// <summary>What becomes of writes.</summary>
    public DiskMode Mode { get; }

    /// <summary>
    /// How many bytes of changed blocks are kept in memory at most, a multiple of <see cref="ManifestRules.MemoryGranularity"/>; 0 if the disk is read-only.
    /// </summary>
    public ulong WriteBytes { get; }
}
