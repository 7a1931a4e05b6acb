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
    private readonly Parser _parser;
    private readonly Dictionary<AnchorName, YamlValue> _anchors = [];

    private YamlReader(string text) => _parser = new Parser(new StringReader(text));

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
            Mark last = reader._parser.Current?.End ?? Mark.Empty;
            throw new YamlException(last, last, "a list or mapping in brackets that begins before here is not closed");
        }
    }

    private YamlValue? ReadDocument()
    {
        _parser.Consume<StreamStart>();
        if (_parser.Accept<StreamEnd>(out _))
            return null;
        _parser.Consume<DocumentStart>();
        YamlValue value = ReadValue();
        _parser.Consume<DocumentEnd>();
        if (!_parser.Accept<StreamEnd>(out _))
            throw new YamlException(_parser.Current!.Start, _parser.Current.End, "a manifest is one YAML document, and here a second begins");
        return value;
    }

    private YamlValue ReadValue()
    {
        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            return _anchors.TryGetValue(alias.Value, out YamlValue? known)
                ? known
                : throw new YamlException(alias.Start, alias.End, $"no anchor '{alias.Value}' ends before this alias");
        }

        var start = _parser.Consume<NodeEvent>();
        YamlValue value = start switch
        {
            Scalar scalar => new YamlScalar(start.Start.Line, start.Start.Column, scalar.Value, scalar.Style == ScalarStyle.Plain),
            SequenceStart => new YamlSequence(start.Start.Line, start.Start.Column, ReadItems()),
            _ => new YamlMapping(start.Start.Line, start.Start.Column, ReadEntries()),
        };
        if (!start.Anchor.IsEmpty)
            _anchors[start.Anchor] = value;
        return value;
    }

    private List<YamlValue> ReadItems()
    {
        var items = new List<YamlValue>();
        while (!_parser.TryConsume<SequenceEnd>(out _))
            items.Add(ReadValue());
        return items;
    }

    private List<(YamlValue Key, YamlValue Value)> ReadEntries()
    {
        var entries = new List<(YamlValue Key, YamlValue Value)>();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            YamlValue key = ReadValue();
            entries.Add((key, ReadValue()));
        }

        return entries;
    }
}
