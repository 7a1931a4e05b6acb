using System.Collections.Generic;

namespace Lamina.Manifests.Yaml;

/// <summary>Keys with values, in the document's order, with the keys that come twice still in it.</summary>
internal sealed record YamlMapping(long Line, long Column, IReadOnlyList<(YamlValue Key, YamlValue Value)> Entries) : YamlValue(Line, Column)
{
    internal override string Kind => "a mapping";
}
