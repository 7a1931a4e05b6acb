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
              "name": "hello", "memory": "128M", "cpus": 1, "console": "serial", "restart": "on-failure", "back-off": "500ms",
              "weight": 200, "cap": "50%", "allowed-cpus": [0, "2-3"], "after": "other", "ready": "told", "ready-within": "90s", "rng": true,
              "disks": ["disk.img", { "image": "disk.img", "mode": "copy-on-write", "writes": "64M" }],
              "ports": ["spare", { "name": "fast", "rate": "10G", "mac": "52:54:00:12:34:56", "queues": 2 }],
              "interfaces": ["other.first", { "wire": "other.second", "rate": "100M", "when-full": "drop", "mac": "52:54:00:12:34:57", "queues": 8 }],
              "boot": { "protocol": "multiboot", "kernel": "mb", "initrd": ["text", { "path": "initrd.img", "command-line": "x" }], "command-line": "a b" }
            },
            { "name": "other", "memory": "8M", "restart": "always", "back-off": "2s", "ports": ["first", "second"], "boot": { "protocol": "multiboot", "kernel": "mb" } }
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
    [InlineData("vms.0.cpus", "32", true)]
    [InlineData("vms.0.cpus", "33", false)]
    [InlineData("vms.0.cpus", "0", false)]
    [InlineData("vms.0.cpus", "\"1\"", false)]
    [InlineData("vms.0.cpus", null, true)]
    [InlineData("vms.0.console", "\"none\"", true)]
    [InlineData("vms.0.console", "\"vga\"", false)]
    [InlineData("vms.0.console", null, true)]
    [InlineData("vms.0.restart", "\"on-failure\"", true)]
    [InlineData("vms.0.restart", "false", false)]
    [InlineData("vms.0.console", "\"virtio\"", true)]
    [InlineData("vms.0.weight", "1", true)]
    [InlineData("vms.0.weight", "10000", true)]
    [InlineData("vms.0.weight", "0", false)]
    [InlineData("vms.0.weight", "10001", false)]
    [InlineData("vms.0.weight", "\"100\"", false)]
    [InlineData("vms.0.weight", null, true)]
    [InlineData("vms.0.cap", "\"1%\"", true)]
    [InlineData("vms.0.cap", "\"100%\"", true)]
    [InlineData("vms.0.cap", "\"050%\"", true)]
    [InlineData("vms.0.cap", "\"none\"", true)]
    [InlineData("vms.0.cap", "\"0%\"", false)]
    [InlineData("vms.0.cap", "\"101%\"", false)]
    [InlineData("vms.0.cap", "\"%\"", false)]
    [InlineData("vms.0.cap", "50", false)]
    [InlineData("vms.0.cap", null, true)]
    [InlineData("vms.0.allowed-cpus", "0", true)]
    [InlineData("vms.0.allowed-cpus", "63", true)]
    [InlineData("vms.0.allowed-cpus", "64", false)]
    [InlineData("vms.0.allowed-cpus", "-1", false)]
    [InlineData("vms.0.allowed-cpus", "1.5", false)]
    [InlineData("vms.0.allowed-cpus", "\"5\"", true)]
    [InlineData("vms.0.allowed-cpus", "\"0-63\"", true)]
    [InlineData("vms.0.allowed-cpus", "\"00-07\"", true)]
    [InlineData("vms.0.allowed-cpus", "\"0-64\"", false)]
    [InlineData("vms.0.allowed-cpus", "\"0-\"", false)]
    [InlineData("vms.0.allowed-cpus", "\"0-1,3\"", false)]
    [InlineData("vms.0.allowed-cpus", "\"all\"", false)]
    [InlineData("vms.0.allowed-cpus", "[]", false)]
    [InlineData("vms.0.allowed-cpus", "[0, 64]", false)]
    [InlineData("vms.0.allowed-cpus", "[\"0-1\", 3]", true)]
    [InlineData("vms.0.allowed-cpus", "[[0]]", false)]
    [InlineData("vms.0.allowed-cpus", "{}", false)]
    [InlineData("vms.0.allowed-cpus", "true", false)]
    [InlineData("vms.0.allowed-cpus", null, true)]
    [InlineData("vms.0.after", "[\"other\"]", true)]
    [InlineData("vms.0.after", "[]", true)]
    [InlineData("vms.0.after", "[\"other\", \"other\"]", false)]
    [InlineData("vms.0.after", "\"lamina\"", false)]
    [InlineData("vms.0.after", "[5]", false)]
    [InlineData("vms.0.after", "{}", false)]
    [InlineData("vms.0.after", null, true)]
    [InlineData("vms.0.ready", "\"started\"", false)]
    [InlineData("vms.0.ready", "\"said\"", false)]
    [InlineData("vms.0.ready", "true", false)]
    [InlineData("vms.0.ready", null, false)]
    [InlineData("vms.1.ready", "\"started\"", true)]
    [InlineData("vms.1.ready", "\"told\"", true)]
    [InlineData("vms.0.ready-within", "\"1h\"", true)]
    [InlineData("vms.0.ready-within", "\"1000ms\"", true)]
    [InlineData("vms.0.ready-within", "\"1.5s\"", false)]
    [InlineData("vms.0.ready-within", "\"90\"", false)]
    [InlineData("vms.0.ready-within", "90", false)]
    [InlineData("vms.0.ready-within", "\"90 s\"", false)]
    [InlineData("vms.0.ready-within", null, true)]
    [InlineData("vms.0.back-off", "\"1m\"", true)]
    [InlineData("vms.0.back-off", "\"s\"", false)]
    [InlineData("vms.0.back-off", null, true)]
    [InlineData("vms.0.restart", "\"never\"", false)]
    [InlineData("vms.0.restart", null, false)]
    [InlineData("vms.0.rng", "false", true)]
    [InlineData("vms.0.rng", "\"true\"", false)]
    [InlineData("vms.0.rng", "1", false)]
    [InlineData("vms.0.rng", null, true)]
    [InlineData("vms.0.disks", "[]", true)]
    [InlineData("vms.0.disks", "\"disk.img\"", false)]
    [InlineData("vms.0.disks", "[\"disk.img\",\"disk.img\",\"disk.img\",\"disk.img\",\"disk.img\",\"disk.img\",\"disk.img\",\"disk.img\"]", true)]
    [InlineData("vms.0.disks", "[\"disk.img\",\"disk.img\",\"disk.img\",\"disk.img\",\"disk.img\",\"disk.img\",\"disk.img\",\"disk.img\",\"disk.img\"]", false)]
    [InlineData("vms.0.disks", "[5]", false)]
    [InlineData("vms.0.disks", "[{ \"mode\": \"read-only\" }]", false)]
    [InlineData("vms.0.disks", "[{ \"image\": \"disk.img\", \"size\": 1 }]", false)]
    [InlineData("vms.0.disks", "[{ \"image\": \"disk.img\", \"mode\": \"writable\" }]", false)]
    [InlineData("vms.0.disks", "[{ \"image\": \"disk.img\", \"mode\": \"copy-on-write\" }]", true)]
    [InlineData("vms.0.disks", "[{ \"image\": \"disk.img\", \"writes\": \"1M\" }]", false)]
    [InlineData("vms.0.disks", "[{ \"image\": \"disk.img\", \"mode\": \"read-only\", \"writes\": \"1M\" }]", false)]
    [InlineData("vms.0.disks", "[{ \"image\": \"disk.img\", \"mode\": \"copy-on-write\", \"writes\": 1048576 }]", true)]
    [InlineData("vms.0.disks", "[{ \"image\": \"disk.img\", \"mode\": \"copy-on-write\", \"writes\": 4096 }]", false)]
    [InlineData("vms.0.ports", "[\"a\", \"b-1\"]", true)]
    [InlineData("vms.0.ports", "\"a\"", false)]
    [InlineData("vms.0.ports", "[\"a.b\"]", false)]
    [InlineData("vms.0.ports", "[\"A\"]", false)]
    [InlineData("vms.0.ports", "[5]", false)]
    [InlineData("vms.0.ports", "[{ \"rate\": \"1G\" }]", false)]
    [InlineData("vms.0.ports", "[{ \"name\": \"a\", \"when-full\": \"wait\" }]", false)]
    [InlineData("vms.0.ports", "[{ \"name\": \"a\", \"rate\": \"none\" }]", true)]
    [InlineData("vms.0.ports", "[{ \"name\": \"a\", \"rate\": 64000 }]", true)]
    [InlineData("vms.0.ports", "[{ \"name\": \"a\", \"rate\": 63999 }]", false)]
    [InlineData("vms.0.ports", "[{ \"name\": \"a\", \"rate\": 0 }]", false)]
    [InlineData("vms.0.ports", "[{ \"name\": \"a\", \"rate\": \"1g\" }]", false)]
    [InlineData("vms.0.ports", "[{ \"name\": \"a\", \"queues\": 0 }]", false)]
    [InlineData("vms.0.ports", "[{ \"name\": \"a\", \"queues\": 9 }]", false)]
    [InlineData("vms.0.ports", "[{ \"name\": \"a\", \"mac\": \"fe:FE:00:00:00:01\" }]", true)]
    [InlineData("vms.0.ports", "[{ \"name\": \"a\", \"mac\": \"01:00:5e:00:00:01\" }]", false)]
    [InlineData("vms.0.ports", "[{ \"name\": \"a\", \"mac\": \"00:00:00:00:00:00\" }]", false)]
    [InlineData("vms.0.ports", "[{ \"name\": \"a\", \"mac\": \"52-54-00-12-34-56\" }]", false)]
    [InlineData("vms.0.ports", "[{ \"name\": \"a\", \"mac\": \"52:54:00:12:34\" }]", false)]
    [InlineData("vms.0.ports", "[{ \"name\": \"a\", \"mac\": \"52:54:00:12:34: 6\" }]", false)]
    [InlineData("vms.0.interfaces", "[\"other.second\"]", true)]
    [InlineData("vms.0.interfaces", "\"other.second\"", false)]
    [InlineData("vms.0.interfaces", "[\"other\"]", false)]
    [InlineData("vms.0.interfaces", "[\"other.second.x\"]", false)]
    [InlineData("vms.0.interfaces", "[5.5]", false)]
    [InlineData("vms.0.interfaces", "[{ \"rate\": \"1G\" }]", false)]
    [InlineData("vms.0.interfaces", "[{ \"wire\": \"other.second\", \"when-full\": \"wait\" }]", true)]
    [InlineData("vms.0.interfaces", "[{ \"wire\": \"other.second\", \"when-full\": \"discard\" }]", false)]
    [InlineData("vms.0.interfaces", "[{ \"wire\": \"other.second\", \"name\": \"eth0\" }]", false)]
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
