using System;

namespace Lamina.Manifests;

/// <summary>A file that travels beside the compiled manifest.</summary>
/// <param name="Name">What it is called there.</param>
/// <param name="Path">Where it lies on this machine: a full path.</param>
/// <param name="Length">In bytes.</param>
/// <param name="Digest">The SHA-256 of its content, 32 bytes.</param>
public sealed record ManifestFile(string Name, string Path, long Length, ReadOnlyMemory<byte> Digest);
