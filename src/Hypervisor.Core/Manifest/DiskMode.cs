namespace Lamina.Core;

/// <summary>What becomes of a VM's writes to a disk. The image itself never changes.</summary>
public enum DiskMode : byte
{
    /// <summary>There are none: the disk tells the guest that it is read-only.</summary>
    ReadOnly = 0,

    /// <summary>They are kept in memory and forgotten when the VM ends.</summary>
    CopyOnWrite = 1,
}
