using Lamina.Core;

namespace Lamina.Host;

/// <summary>A section of a PE image.</summary>
/// <param name="name">Its name, up to 8 letters, the first in the lowest byte.</param>
/// <param name="start">Image-relative address.</param>
/// <param name="length">Bytes in memory.</param>
/// <param name="characteristics">What may be done with it (PE/COFF specification, section flags).</param>
public readonly struct ImageSection(ulong name, uint start, uint length, uint characteristics)
{
    private const uint MayExecute = 0x2000_0000;
    private const uint MayWrite = 0x8000_0000;

    /// <summary>Its name, up to 8 letters, the first in the lowest byte.</summary>
    public readonly ulong Name = name;

    /// <summary>Image-relative address.</summary>
    public readonly uint Start = start;

    /// <summary>Bytes in memory.</summary>
    public readonly uint Length = length;

    /// <summary>What may be done with it.</summary>
    public MemoryAccess Access => MemoryAccess.Read
        | ((characteristics & MayWrite) != 0 ? MemoryAccess.Write : MemoryAccess.None)
        | ((characteristics & MayExecute) != 0 ? MemoryAccess.Execute : MemoryAccess.None);
}
