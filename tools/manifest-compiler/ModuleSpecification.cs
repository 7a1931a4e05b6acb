namespace Lamina.Manifests;

/// <summary>A module (initrd) of a VM.</summary>
/// <param name="File">The index of its content among the files.</param>
/// <param name="CommandLine">Its own command line.</param>
public sealed record ModuleSpecification(int File, string CommandLine);
