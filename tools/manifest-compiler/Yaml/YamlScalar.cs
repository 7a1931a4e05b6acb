using System.Text.RegularExpressions;

namespace Lamina.Manifests.Yaml;

/// <summary>A single value. What a plain one means is by YAML 1.2's core schema (chapter 10.3.2); a quoted one is always a string.</summary>
internal sealed partial record YamlScalar(long Line, long Column, string Text, bool IsPlain) : YamlValue(Line, Column)
{
    internal override string Kind =>
        IsNull ? "nothing" : IsInteger ? "a number" : IsBoolean ? "true or false" : IsPlain && Float().IsMatch(Text) ? "a number" : "a string";

    internal bool IsString => Kind == "a string";

    internal bool IsInteger => IsPlain && Integer().IsMatch(Text);

    internal bool IsBoolean => IsPlain && Boolean().IsMatch(Text);

    internal bool IsTrue => IsBoolean && Text[0] is 't' or 'T';

    private bool IsNull => IsPlain && Null().IsMatch(Text);

    [GeneratedRegex(@"^(|~|null|Null|NULL)$")]
    private static partial Regex Null();

    [GeneratedRegex(@"^(true|True|TRUE|false|False|FALSE)$")]
    private static partial Regex Boolean();

    [GeneratedRegex(@"^([-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$")]
    private static partial Regex Integer();

    [GeneratedRegex(@"^([-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$")]
    private static partial Regex Float();
}
