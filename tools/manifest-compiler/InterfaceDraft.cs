using Lamina.Core;
using Lamina.Manifests.Yaml;

namespace Lamina.Manifests;

/// <summary>An interface of a VM as it is written, before it is known what it is wired to.</summary>
/// <param name="Kind">Which end of a wire it is.</param>
/// <param name="Place">Where its name is.</param>
/// <param name="Path">Which value that is.</param>
internal sealed record InterfaceDraft(InterfaceKind Kind, YamlValue Place, string Path)
{
    /// <summary>A port's name; of a plug <c>VM.PORT</c>. Null if there is none.</summary>
    internal required string? Name { get; init; }

    /// <summary>The rate that it is given; 0 if it is given none.</summary>
    internal ulong BitsPerSecond { get; init; }

    /// <summary>What becomes of a frame for which there is no room; a port does not say.</summary>
    internal WhenFull WhenFull { get; init; }

    /// <summary>The MAC address that it is given, if any.</summary>
    internal ulong? MacAddress { get; init; }

    /// <summary>How many pairs of queues it has.</summary>
    internal uint QueuePairs { get; init; } = 1;
}
