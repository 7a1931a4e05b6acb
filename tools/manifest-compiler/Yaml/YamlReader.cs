using System;
using System.Collections.Generic;
using System.IO;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Lamina.Manifests.Yaml;

/// <summary>
/// Makes values of YamlDotNet's events. Its own representation model stops at the first key that comes twice, and the
/// manifest's errors are all said in one pass.
/// </summary>
internal sealed class YamlReader
{
    private readonly Parser parser;
    private readonly Dictionary<AnchorName, YamlValue> anchors = [];

    private YamlReader(string text) => parser = new Parser(new StringReader(text));

    /// <summary>The only document of <paramref name="text"/>; null if it has none.</summary>
    /// <exception cref="YamlException">It is no YAML, or has a second document.</exception>
    internal static YamlValue? Read(string text)
    {
        var reader = new YamlReader(text);
        try
        {
            return reader.ReadDocument();
        }
        catch (InvalidOperationException)
        {
            // YamlDotNet's scanner throws this where a list or mapping in brackets is not closed.
            Mark last = reader.parser.Current?.End ?? Mark.Empty;
            throw new YamlException(last, last, "a list or mapping in brackets that begins before here is not closed");
        }
    }

    private YamlValue? ReadDocument()
    {
        parser.Consume<StreamStart>();
        if (parser.Accept<StreamEnd>(out _))
            return null;
        parser.Consume<DocumentStart>();
        YamlValue value = ReadValue();
        parser.Consume<DocumentEnd>();
        if (!parser.Accept<StreamEnd>(out _))
            throw new YamlException(parser.Current!.Start, parser.Current.End, "a manifest is one YAML document, and here a second begins");
        return value;
    }

    private YamlValue ReadValue()
    {
        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            return anchors.TryGetValue(alias.Value, out YamlValue? known)
                ? known
                : throw new YamlException(alias.Start, alias.End, $"no anchor '{alias.Value}' ends before this alias");
        }

        var start = parser.Consume<NodeEvent>();
        YamlValue value = start switch
        {
            Scalar scalar => new YamlScalar(start.Start.Line, start.Start.Column, scalar.Value, scalar.Style == ScalarStyle.Plain),
            SequenceStart => new YamlSequence(start.Start.Line, start.Start.Column, ReadItems()),
            _ => new YamlMapping(start.Start.Line, start.Start.Column, ReadEntries()),
        };
        if (!start.Anchor.IsEmpty)
            anchors[start.Anchor] = value;
        return value;
    }

    private List<YamlValue> ReadItems()
    {
        var items = new List<YamlValue>();
        while (!parser.TryConsume<SequenceEnd>(out _))
            items.Add(ReadValue());
        return items;
    }

    private List<(YamlValue Key, YamlValue Value)> ReadEntries()
    {
        var entries = new List<(YamlValue Key, YamlValue Value)>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            YamlValue key = ReadValue();
            entries.Add((key, ReadValue()));
        }

        return entries;
    }
}
