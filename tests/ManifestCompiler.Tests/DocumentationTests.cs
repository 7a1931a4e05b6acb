using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using Lamina.Core;

namespace Lamina.Manifests.Tests;

/// <summary>The examples of docs/manifest.md, as they stand there.</summary>
public partial class DocumentationTests(ManifestFolder folder) : IClassFixture<ManifestFolder>
{
    private static readonly string[] Examples =
        [.. Example().Matches(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "manifest.md"))).Select(match => match.Groups[1].Value)];

    [Fact]
    public void Every_example_compiles()
    {
        Examples.Should().HaveCount(2);
        foreach (string example in Examples)
            Compile(example);
    }

    [Fact]
    public void The_product_is_wired_and_ordered_as_it_says()
    {
        BootManifest manifest = Compile(Examples[1]);
        string[] names = [.. Enumerable.Range(0, manifest.VmCount).Select(i => Text(manifest.GetVm(i).Name))];
        names.Should().Equal("outside", "network", "desktop", "apps", "extra");

        VmDescription network = manifest.GetVm(1);
        network.InterfaceCount.Should().Be(6);
        network.Weight.Should().Be(200);
        network.Ready.Should().Be(ReadyKind.Told);
        network.ReadyWithinMilliseconds.Should().Be(90_000);
        network.Restart.Should().Be(RestartPolicy.Always);
        network.BackOffMilliseconds.Should().Be(1000);
        network.AfterCount.Should().Be(1);
        network.GetAfter(0).Should().Be(0);
        network.GetInterface(5).WireIndex.Should().Be(InterfaceDescription.NoWire);

        VmDescription apps = manifest.GetVm(3);
        apps.CapPercent.Should().Be(80);
        Enumerable.Range(0, apps.AfterCount).Select(i => apps.GetAfter(i)).Should().Equal(1, 2);
        apps.GetDisk(0).Mode.Should().Be(DiskMode.CopyOnWrite);
        apps.GetDisk(0).WriteBytes.Should().Be(64 << 20);
        manifest.GetVm(4).HasRng.Should().BeFalse();

        manifest.WireCount.Should().Be(4);
        WireDescription wire = manifest.GetWire(apps.GetInterface(0).WireIndex);
        (names[wire.Port.Vm], wire.Port.Interface, names[wire.Plug.Vm], wire.Plug.Interface).Should().Be(("network", 2u, "apps", 0u));
        wire.BitsPerSecond.Should().Be(500_000_000, "the lesser of both ends' rates counts");
        wire.WhenFull.Should().Be(WhenFull.Drop);
    }

    private BootManifest Compile(string example)
    {
        foreach (Match file in NamedFile().Matches(example))
            folder.Add(file.Value, file.Value.EndsWith("vmlinuz", StringComparison.Ordinal) ? SampleKernels.BzImage() : new byte[512]);
        ManifestResult result = folder.Compile(example);
        result.Errors.Should().BeEmpty();
        BootManifest.TryRead(result.Manifest!.Binary, out BootManifest? manifest).Fault.Should().Be(ManifestFault.None);
        return manifest!;
    }

    private static string Text(ReadOnlySpan<byte> text) => Encoding.ASCII.GetString(text);

    [GeneratedRegex(@"```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();

    [GeneratedRegex(@"[a-z/]*(vmlinuz|[a-z]+\.img)")]
    private static partial Regex NamedFile();
}
