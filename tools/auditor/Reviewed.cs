using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Lamina.Auditor;

/// <summary>What a person has looked at: tools/auditor/reviewed.yaml.</summary>
public sealed class Reviewed
{
    /// <summary>Where the exit way begins.</summary>
    public List<ReviewedItem> ExitRoots { get; set; } = [];

    /// <summary>Where stacks begin.</summary>
    public List<ReviewedItem> Stacks { get; set; } = [];

    /// <summary>Symbols in the code that are no 64-bit instructions.</summary>
    public List<ReviewedItem> NotCode { get; set; } = [];

    /// <summary>Functions where the way ends.</summary>
    public List<ReviewedItem> Ends { get; set; } = [];

    /// <summary>Calls that cannot happen.</summary>
    public List<ReviewedItem> ImpossibleEdges { get; set; } = [];

    /// <summary>Recursions and their depth.</summary>
    public List<ReviewedItem> Recursions { get; set; } = [];

    /// <summary>Reads the file.</summary>
    /// <exception cref="InvalidDataException">It is not as it should be.</exception>
    public static Reviewed Read(string path)
    {
        try
        {
            Reviewed reviewed = new DeserializerBuilder().WithNamingConvention(HyphenatedNamingConvention.Instance).Build()
                .Deserialize<Reviewed>(File.ReadAllText(path)) ?? new Reviewed();
            ReviewedItem? bare = reviewed.All.FirstOrDefault(item => item.Name.Length == 0 || item.Reason.Length == 0);
            return bare == null ? reviewed : throw new InvalidDataException($"{path}: '{bare.Name}' needs a name and a reason");
        }
        catch (YamlException failure)
        {
            throw new InvalidDataException($"{path}:{failure.Start.Line}:{failure.Start.Column}: {failure.Message}");
        }
    }

    private IEnumerable<ReviewedItem> All =>
        ExitRoots.Concat(Stacks).Concat(NotCode).Concat(Ends).Concat(ImpossibleEdges).Concat(Recursions);
}
