using System.Collections.Generic;

namespace Lamina.Manifests;

/// <summary>What came of compiling: a manifest, or all of its errors in the order of their lines.</summary>
/// <param name="Manifest">The manifest; null if there are errors.</param>
/// <param name="Errors">The errors.</param>
public sealed record ManifestResult(CompiledManifest? Manifest, IReadOnlyList<ManifestDiagnostic> Errors);
