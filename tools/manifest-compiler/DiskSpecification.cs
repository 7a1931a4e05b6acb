using Lamina.Core;

namespace Lamina.Manifests;

/// <summary>A disk of a VM.</summary>
/// <param name="File">The index of its image among the files.</param>
/// <param name="Mode">What becomes of writes.</param>
/// <param name="WriteBytes">How many bytes of changed blocks are kept in memory at most; 0 if it is read-only.</param>
public sealed record DiskSpecification(int File, DiskMode Mode, ulong WriteBytes);
