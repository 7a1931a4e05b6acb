using System;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;

namespace Lamina.Manifests.Tests;

/// <summary>JSON is YAML, so one text goes to the schema and to the compiler, and both must say the same.</summary>
public class SchemaTests(ManifestFolder folder) : IClassFixture<ManifestFolder>
{
    private const string Good = """
        {
          "version": 1,
          "vms": [
            {
              "name": "hello", "memory": "128M", "cpus": 1, "console": "serial", "restart": "never",
              "boot": { "protocol": "multiboot", "kernel": "mb", "initrd": ["text", { "path": "initrd.img", "command-line": "x" }], "command-line": "a b" }
            }
          ]
        }
        """;

    private static readonly MiniSchema Schema =
        new(JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "manifest.schema.json")))!.AsObject());

    [Theory]
    [InlineData("version", "1", true)]
    [InlineData("version", "2", false)]
    [InlineData("version", "\"1\"", false)]
    [InlineData("version", null, false)]
    [InlineData("vms", null, false)]
    [InlineData("vms", "[]", false)]
    [InlineData("vms", "{}", false)]
    [InlineData("color", "1", false)]
    [InlineData("vms.0.name", "\"a-1\"", true)]
    [InlineData("vms.0.name", "\"lamina\"", false)]
    [InlineData("vms.0.name", "\"A\"", false)]
    [InlineData("vms.0.name", "\"01234567890123456789012345678901\"", false)]
    [InlineData("vms.0.name", "7", false)]
    [InlineData("vms.0.name", null, false)]
    [InlineData("vms.0.memory", "2097152", true)]
    [InlineData("vms.0.memory", "2097153", false)]
    [InlineData("vms.0.memory", "4096", false)]
    [InlineData("vms.0.memory", "\"1G\"", true)]
    [InlineData("vms.0.memory", "\"1g\"", false)]
    [InlineData("vms.0.memory", "true", false)]
    [InlineData("vms.0.memory", null, false)]
    [InlineData("vms.0.cpus", "2", false)]
    [InlineData("vms.0.cpus", "0", false)]
    [InlineData("vms.0.cpus", "\"1\"", false)]
    [InlineData("vms.0.cpus", null, true)]
    [InlineData("vms.0.console", "\"none\"", true)]
    [InlineData("vms.0.console", "\"vga\"", false)]
    [InlineData("vms.0.console", null, true)]
    [InlineData("vms.0.restart", "\"on-failure\"", true)]
    [InlineData("vms.0.restart", "false", false)]
    [InlineData("vms.0.consol", "\"serial\"", false)]
    [InlineData("vms.0.boot", "\"linux\"", false)]
    [InlineData("vms.0.boot", null, false)]
    [InlineData("vms.0.boot.protocol", "\"efi\"", false)]
    [InlineData("vms.0.boot.protocol", null, false)]
    [InlineData("vms.0.boot.kernel", "[\"mb\"]", false)]
    [InlineData("vms.0.boot.kernel", "\"\"", false)]
    [InlineData("vms.0.boot.kernel", null, false)]
    [InlineData("vms.0.boot.initrd", "\"text\"", true)]
    [InlineData("vms.0.boot.initrd", "[]", true)]
    [InlineData("vms.0.boot.initrd", "{ \"path\": \"text\" }", true)]
    [InlineData("vms.0.boot.initrd", "[[\"text\"]]", false)]
    [InlineData("vms.0.boot.initrd", "[{ \"command-line\": \"x\" }]", false)]
    [InlineData("vms.0.boot.initrd", "[{ \"path\": \"text\", \"size\": 1 }]", false)]
    [InlineData("vms.0.boot.initrd", "5", false)]
    [InlineData("vms.0.boot.initrd", null, true)]
    [InlineData("vms.0.boot.command-line", "5", false)]
    [InlineData("vms.0.boot.command-line", null, true)]
    public void Schema_and_compiler_agree(string path, string? value, bool isGood)
    {
        JsonNode manifest = JsonNode.Parse(Good)!;
        string[] keys = path.Split('.');
        JsonNode at = keys[..^1].Aggregate(manifest, (node, key) => int.TryParse(key, out int index) ? node[index]! : node[key]!);
        if (value is null)
            at.AsObject().Remove(keys[^1]);
        else
            at[keys[^1]] = JsonNode.Parse(value);
        Schema.Accepts(manifest).Should().Be(isGood);
        (folder.Errors(manifest.ToJsonString()).Length == 0).Should().Be(isGood);
    }
}
