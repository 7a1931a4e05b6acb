using System.Runtime.InteropServices;

namespace Lamina.Devices;

/// <summary>What struct virtio_blk_req begins with (virtio 1.2, 5.2.6). Behind it are data, and at the very end a byte of status that the device writes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct BlockRequestHeader
{
    /// <summary>What is asked for.</summary>
    public BlockRequestType Type;
    /// <summary>Reserved.</summary>
    public uint Reserved;
    /// <summary>The first sector, for reads and writes.</summary>
    public ulong Sector;
}
