using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Lamina.Core;
using Lamina.Manifests.Yaml;

namespace Lamina.Manifests;

/// <summary>Takes the values out of one mapping, and says what is wrong with each: what it is not, and what it may be.</summary>
internal sealed class MappingReader
{
    private readonly DiagnosticList _errors;
    private readonly string _path;
    private readonly YamlMapping _mapping;
    private readonly Dictionary<string, YamlValue> _values = [];

    private MappingReader(YamlMapping mapping, string path, string[] keys, DiagnosticList errors)
    {
        _mapping = mapping;
        _path = path;
        _errors = errors;
        foreach ((YamlValue key, YamlValue value) in mapping.Entries)
        {
            string name = key is YamlScalar scalar ? scalar.Text : key.Kind;
            if (!keys.Contains(name))
                errors.Add(key, PathOf(name), $"is no key here; allowed are {string.Join(", ", keys)}{Suggestion.For(name, keys.Except(_values.Keys))}");
            else if (!_values.TryAdd(name, value))
                errors.Add(key, PathOf(name), $"comes twice (first in line {_values[name].Line}); each key is allowed once");
        }
    }

    /// <summary>The mapping in <paramref name="value"/>, its unknown and double keys reported; null if it is no mapping, which is reported too.</summary>
    internal static MappingReader? Open(YamlValue value, string path, string[] keys, DiagnosticList errors)
    {
        if (value is YamlMapping mapping)
            return new MappingReader(mapping, path, keys, errors);
        errors.Add(value, path.Length == 0 ? "manifest" : path, $"is {value.Kind}; a mapping with the keys {string.Join(", ", keys)} is needed");
        return null;
    }

    internal string PathOf(string key) => _path.Length == 0 ? key : $"{_path}.{key}";

    internal bool Has(string key) => _values.ContainsKey(key);

    internal YamlValue? Optional(string key) => _values.GetValueOrDefault(key);

    /// <summary>The value of a key that must be there; what it would be is said if it is not.</summary>
    internal YamlValue? Required(string key, string allowed)
    {
        if (!_values.TryGetValue(key, out YamlValue? value))
            _errors.Add(_mapping, PathOf(key), $"is missing; {allowed}");
        return value;
    }

    internal void Error(string key, string message) => _errors.Add(_values.GetValueOrDefault(key) ?? _mapping, PathOf(key), message);

    /// <summary>The string under <paramref name="key"/>; null, and an error, if it is none.</summary>
    internal string? Text(string key, YamlValue? value, string allowed) => Text(value, PathOf(key), allowed, _errors);

    /// <summary>The string in <paramref name="value"/>; null, and an error, if it is none.</summary>
    internal static string? Text(YamlValue? value, string path, string allowed, DiagnosticList errors)
    {
        if (value is null)
            return null;
        if (value is YamlScalar { IsString: true } scalar)
        {
            if (ManifestRules.IsString(Encoding.UTF8.GetBytes(scalar.Text)))
                return scalar.Text;
            errors.Add(value, path, $"has {Encoding.UTF8.GetByteCount(scalar.Text)} bytes; at most {ManifestRules.MaxStringLength} are allowed, with no zero byte among them");
            return null;
        }

        string quotes = value is YamlScalar { Text.Length: > 0 } text ? $" (for the string, write \"{text.Text}\")" : "";
        errors.Add(value, path, $"is {value.Kind}{quotes}; {allowed}");
        return null;
    }

    /// <summary>The whole number under <paramref name="key"/>; null, and an error, if it is none or out of bounds.</summary>
    internal ulong? Number(string key, YamlValue? value, string allowed, ulong least = 0, ulong most = ulong.MaxValue)
    {
        if (value is null)
            return null;
        if (value is YamlScalar { IsInteger: true } scalar
            && ulong.TryParse(scalar.Text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) && number >= least && number <= most)
            return number;
        Error(key, $"is {Describe(value)}; {allowed}");
        return null;
    }

    /// <summary>The word under <paramref name="key"/>, by its place among <paramref name="words"/>; null, and an error, if it is another.</summary>
    internal int? Word(string key, YamlValue? value, string[] words)
    {
        string allowed = $"allowed {(words.Length == 1 ? "is" : "are")} {string.Join(", ", words)}";
        string? text = Text(key, value, allowed);
        if (text is null)
            return null;
        int index = Array.IndexOf(words, text);
        if (index >= 0)
            return index;
        Error(key, $"is '{text}'; {allowed}{Suggestion.For(text, words)}");
        return null;
    }

    /// <summary>The quantity under <paramref name="key"/>; null, and an error, if it cannot be read or is not allowed.</summary>
    internal ulong? Quantity(string key, YamlValue? value, string allowed, QuantityParser parse, Func<ulong, bool> isAllowed) =>
        Quantity(value, PathOf(key), allowed, parse, isAllowed, _errors);

    /// <summary>The quantity in <paramref name="value"/>; null, and an error, if it cannot be read or is not allowed.</summary>
    internal static ulong? Quantity(
        YamlValue? value, string path, string allowed, QuantityParser parse, Func<ulong, bool> isAllowed, DiagnosticList errors)
    {
        if (value is null)
            return null;
        if (value is YamlScalar scalar && (scalar.IsString || scalar.IsInteger) && parse(scalar.Text, out ulong quantity) && isAllowed(quantity))
            return quantity;
        errors.Add(value, path, $"is {Describe(value)}; {allowed}");
        return null;
    }

    /// <summary>Whether <c>true</c> or <c>false</c> is under <paramref name="key"/>; null, and an error, if neither is.</summary>
    internal bool? Truth(string key, YamlValue? value)
    {
        if (value is null)
            return null;
        if (value is YamlScalar { IsBoolean: true } scalar)
            return scalar.IsTrue;
        Error(key, $"is {Describe(value)}; true or false is needed");
        return null;
    }

    /// <summary>As <see cref="List"/>, but what is no list stands for a list of itself.</summary>
    internal IReadOnlyList<(YamlValue Value, string Path)> Entries(string key, int most, string allowed) =>
        Optional(key) is { } single and not YamlSequence ? [(single, PathOf(key))] : List(key, most, allowed);

    /// <summary>The entries of the list under <paramref name="key"/>, each with its path; none, and an error, if it is no list or too long.</summary>
    internal IReadOnlyList<(YamlValue Value, string Path)> List(string key, int most, string allowed)
    {
        YamlValue? value = Optional(key);
        if (value is null)
            return [];
        if (value is YamlSequence list && list.Items.Count <= most)
            return [.. list.Items.Select((item, index) => (item, $"{PathOf(key)}[{index}]"))];
        string found = value is YamlSequence wrong ? $"a list of {wrong.Items.Count}" : value.Kind;
        Error(key, $"is {found}; {allowed}");
        return [];
    }

    internal static string Describe(YamlValue value) => value is YamlScalar { Text.Length: > 0 } scalar ? $"'{scalar.Text}'" : value.Kind;
}
