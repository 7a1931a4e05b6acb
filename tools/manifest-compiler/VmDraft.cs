using System.Collections.Generic;
using Lamina.Manifests.Yaml;

namespace Lamina.Manifests;

/// <summary>A VM as it is written: what it says of other VMs is still names, which may be those of VMs behind it.</summary>
/// <param name="Path">Which value it is: <c>vms[0]</c>.</param>
/// <param name="Specification">All that concerns itself alone. Where something in it was wrong, which is among the errors, stands anything.</param>
/// <param name="After">The names of those that it comes after, each with its place and path.</param>
/// <param name="Interfaces">Its network interfaces, ports first.</param>
internal sealed record VmDraft(
    string Path, VmSpecification Specification, IReadOnlyList<(string Name, YamlValue Place, string Path)> After, IReadOnlyList<InterfaceDraft> Interfaces)
{
    /// <summary>Its name, right or wrong.</summary>
    internal string Name => Specification.Name;
}
