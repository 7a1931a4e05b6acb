using System.Collections.Generic;

namespace Lamina.Manifests.Yaml;

/// <summary>A list.</summary>
internal sealed record YamlSequence(long Line, long Column, IReadOnlyList<YamlValue> Items) : YamlValue(Line, Column)
{
    internal override string Kind => "a list";
}
