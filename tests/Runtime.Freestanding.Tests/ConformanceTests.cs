using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Lamina.Conformance;
using Lamina.ImageBuilder;
using Lamina.QemuHarness;

namespace Lamina.Runtime.Tests;

/// <summary>The corelib does what .NET does: one assembly runs here, and linked with the corelib under UEFI, and says the same.</summary>
public class ConformanceTests
{
    private const string Prefix = "[lamina] ";

    [Fact]
    public async Task The_metal_says_what_the_host_says()
    {
        var host = new HostPlatform();
        Suite.Run(host);

        string[] metal = await OnTheMetal();

        metal.Should().Equal(host.Lines);
    }

    private static async Task<string[]> OnTheMetal()
    {
        string root = Root();
        var options = new BuildOptions(ImageRecipe.Conformance, root, Path.Combine(root, "artifacts", "tests"));
        BuildResult image = ImageBuilder.ImageBuilder.Build(options);
        using EmulatedMachine machine = EmulatedMachine.Start(new MachineOptions { Image = image.ImagePath, MemoryMebibytes = 256 });
        await machine.WaitForEndAsync(TimeSpan.FromSeconds(60));
        return machine.Log.Split('\n')
            .Select(line => line.TrimEnd('\r'))
            .Where(line => line.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(line => line[Prefix.Length..])
            .ToArray();
    }

    private static string Root()
    {
        string directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "Lamina.slnx")))
            directory = Path.GetDirectoryName(directory)!;
        return directory;
    }
}
