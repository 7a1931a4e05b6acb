using System.Collections.Generic;

namespace Lamina.Manifests;

/// <summary>A manifest without errors.</summary>
/// <param name="Binary">The compiled form, as the hypervisor reads it.</param>
/// <param name="Vms">The VMs, in order.</param>
/// <param name="Wires">The wires between them.</param>
/// <param name="Files">The files that have to travel beside it, in order.</param>
public sealed record CompiledManifest(
    byte[] Binary, IReadOnlyList<VmSpecification> Vms, IReadOnlyList<WireSpecification> Wires, IReadOnlyList<ManifestFile> Files);
