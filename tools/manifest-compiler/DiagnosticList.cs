using System.Collections.Generic;
using System.Linq;
using Lamina.Manifests.Yaml;

namespace Lamina.Manifests;

/// <summary>The errors of one manifest.</summary>
internal sealed class DiagnosticList(string file)
{
    private readonly List<ManifestDiagnostic> _diagnostics = [];

    /// <summary>What was found, in the order of the manifest's lines.</summary>
    internal IReadOnlyList<ManifestDiagnostic> Sorted => [.. _diagnostics.OrderBy(error => error.Line).ThenBy(error => error.Column)];

    internal bool Any => _diagnostics.Count != 0;

    internal void Add(YamlValue where, string path, string message) => Add(where.Line, where.Column, path, message);

    internal void Add(long line, long column, string path, string message) =>
        _diagnostics.Add(new ManifestDiagnostic(file, line, column, path, message));
}
