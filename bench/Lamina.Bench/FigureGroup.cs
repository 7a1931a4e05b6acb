using System.Collections.Generic;
using System.IO;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Lamina.Bench;

/// <summary>The figures that one benchmark guest or machine prints.</summary>
public sealed class FigureGroup
{
    /// <summary>The name of the <see cref="BenchGuest"/> or <see cref="BenchMachine"/>.</summary>
    public string Guest { get; set; } = "";

    /// <summary>Its figures, in the order of the table.</summary>
    public List<Figure> Figures { get; set; } = [];

    /// <summary>All groups, from <c>figures.yaml</c>.</summary>
    public static IReadOnlyList<FigureGroup> LoadAll()
    {
        using var reader = new StreamReader(typeof(FigureGroup).Assembly.GetManifestResourceStream("figures.yaml")!);
        return new DeserializerBuilder().WithNamingConvention(HyphenatedNamingConvention.Instance).Build().Deserialize<List<FigureGroup>>(reader);
    }
}
