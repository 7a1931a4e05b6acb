using System;
using Lamina.Core;

namespace Lamina.Devices;

/// <summary>A disk that is a file of the package, as it is. What is behind the file's last whole sector is not on the disk.</summary>
public sealed class ReadOnlyImage(HostBytes file) : BlockImage(file.Length / SectorSize, isReadOnly: true)
{
    private readonly HostBytes _file = file;

    /// <inheritdoc/>
    public override bool Read(ulong offset, Span<byte> destination) => Contains(offset, (ulong)destination.Length) && _file.TryRead(offset, destination);

    /// <inheritdoc/>
    public override bool Write(ulong offset, ReadOnlySpan<byte> source) => false;

    /// <inheritdoc/>
    public override bool WriteZeroes(ulong offset, ulong length) => false;

    /// <inheritdoc/>
    public override bool Discard(ulong offset, ulong length) => false;
}
