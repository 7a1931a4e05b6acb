using System;
using Lamina.Host;

namespace Lamina.Boot;

/// <summary>Host-physical memory while it is mapped to itself, from the way in until the machine is taken over.</summary>
/// <param name="limit">The first address that is not mapped.</param>
internal sealed unsafe class IdentityBytes(ulong limit) : PhysicalBytes
{
    /// <summary>What MultibootEntry.asm maps: 4 GiB.</summary>
    public const ulong MultibootLimit = 4UL << 30;

    /// <summary>Address 0 itself is no place for anything, as it is C#'s null.</summary>
    public override bool TryView(ulong address, int length, out ReadOnlySpan<byte> bytes)
    {
        bool inside = address != 0 && length >= 0 && address < limit && (ulong)length <= limit - address;
        bytes = inside ? new ReadOnlySpan<byte>((void*)address, length) : default;
        return inside;
    }
}
