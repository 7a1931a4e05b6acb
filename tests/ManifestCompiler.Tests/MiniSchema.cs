using System.Linq;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Lamina.Manifests.Tests;

/// <summary>
/// As much of JSON Schema 2020-12 as docs/manifest.schema.json uses: no validator can be had from the packages here. A keyword that it does
/// not know is an error, so that the schema cannot grow out of it unseen.
/// </summary>
internal sealed class MiniSchema(JsonObject root)
{
    internal bool Accepts(JsonNode? value) => Accepts(root, value);

    private bool Accepts(JsonNode schema, JsonNode? value) => schema.AsObject().All(rule => Holds(rule.Key, rule.Value!, schema.AsObject(), value));

    private bool Holds(string keyword, JsonNode rule, JsonObject schema, JsonNode? value) => keyword switch
    {
        "$schema" or "$defs" or "title" or "description" or "default" => true,
        "$ref" => Accepts(root["$defs"]![rule.ToString().Split('/')[^1]]!, value),
        "type" => TypeOf(value) == rule.ToString(),
        "const" => JsonNode.DeepEquals(rule, value),
        "enum" => rule.AsArray().Any(each => JsonNode.DeepEquals(each, value)),
        "not" => !Accepts(rule, value),
        "oneOf" => rule.AsArray().Count(each => Accepts(each!, value)) == 1,
        "pattern" => TypeOf(value) != "string" || Regex.IsMatch(value!.ToString(), rule.ToString()),
        "minLength" => TypeOf(value) != "string" || value!.ToString().Length >= (int)rule,
        "maxLength" => TypeOf(value) != "string" || value!.ToString().Length <= (int)rule,
        "minimum" => TypeOf(value) != "integer" || (long)value! >= (long)rule,
        "maximum" => TypeOf(value) != "integer" || (long)value! <= (long)rule,
        "multipleOf" => TypeOf(value) != "integer" || (long)value! % (long)rule == 0,
        "minItems" => value is not JsonArray array || array.Count >= (int)rule,
        "maxItems" => value is not JsonArray array || array.Count <= (int)rule,
        "uniqueItems" => value is not JsonArray array || !array.Where((item, i) => array.Take(i).Any(before => JsonNode.DeepEquals(before, item))).Any(),
        "items" => value is not JsonArray array || array.All(item => Accepts(rule, item)),
        "required" => value is not JsonObject item || rule.AsArray().All(key => item.ContainsKey(key!.ToString())),
        "properties" => value is not JsonObject item || item.All(entry => rule[entry.Key] is not { } property || Accepts(property, entry.Value)),
        "dependentSchemas" => value is not JsonObject item || rule.AsObject().All(each => !item.ContainsKey(each.Key) || Accepts(each.Value!, value)),
        "additionalProperties" => value is not JsonObject item || item.All(entry => schema["properties"]![entry.Key] is not null),
        _ => throw new System.NotSupportedException($"the schema's keyword {keyword}"),
    };

    private static string TypeOf(JsonNode? value) => value switch
    {
        null => "null",
        JsonObject => "object",
        JsonArray => "array",
        _ when value.GetValueKind() == System.Text.Json.JsonValueKind.String => "string",
        _ when value.GetValueKind() == System.Text.Json.JsonValueKind.Number => value.AsValue().TryGetValue(out long _) ? "integer" : "number",
        _ => "boolean",
    };
}
