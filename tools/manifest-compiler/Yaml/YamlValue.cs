namespace Lamina.Manifests.Yaml;

/// <summary>A value in a YAML document, and where it stands.</summary>
/// <param name="Line">Counted from 1.</param>
/// <param name="Column">Counted from 1.</param>
internal abstract record YamlValue(long Line, long Column)
{
    /// <summary>What it is, as an error says it.</summary>
    internal abstract string Kind { get; }
}
