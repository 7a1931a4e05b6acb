using System;
using System.IO;
using System.Linq;
using Lamina.GuestBuilder;
using Lamina.GuestBuilder.Tests;
using Lamina.Manifests;

namespace Lamina.Bench.Tests;

public class BenchMachineTests
{
    [Fact]
    public void EveryMachineHasFiguresAndAManifestThatIsAccepted()
    {
        string root = Repository.Root;
        var progress = new Progress<string>();
        string directory = BenchGuests.Build(root, progress);
        ServiceGuests.Ensure(root, progress);

        foreach (BenchMachine machine in BenchMachine.All)
        {
            FigureGroup.LoadAll().Should().ContainSingle(group => group.Guest == machine.Name);
            ManifestCompiler.Compile(machine.WriteManifest(directory)).Errors.Should().BeEmpty();
        }
    }

    /// <summary>What the network VM lets through is what its rules name: the machine's addresses are theirs.</summary>
    [Fact]
    public void TheChainHasTheAddressesOfTheRules()
    {
        string rules = File.ReadAllText(Path.Combine(Repository.Root, "guests", "network", "rules.yaml"));
        string manifest = BenchMachine.All.Single(machine => machine.Name == "chain").Manifest;

        foreach (string each in new[] { "gateway: 198.51.100.1,", "subnet: 10.76.1.0/30, mac: 02:4c:41:00:00:01" }) rules.Should().Contain(each);
        foreach (string each in new[] { "address=198.51.100.1/30", "address=10.76.1.2/30 route=10.76.1.1 server=c6336401", "mac: 02:4c:41:00:00:01" })
            manifest.Should().Contain(each);
    }
}
