using System;
using Lamina.GuestBuilder;
using Lamina.GuestBuilder.Tests;
using Lamina.Manifests;

namespace Lamina.Bench.Tests;

public class BenchGuestTests
{
    [Fact]
    public void EveryGuestHasFiguresAndAManifestThatIsAccepted()
    {
        string root = Repository.Root;
        var progress = new Progress<string>();
        string directory = BenchGuests.Build(root, progress);

        foreach (BenchGuest guest in BenchGuest.All(directory, DebianGuest.Ensure(root, progress)))
        {
            FigureGroup.LoadAll().Should().ContainSingle(group => group.Guest == guest.Name);
            ManifestCompiler.Compile(guest.WriteManifest(directory)).Errors.Should().BeEmpty();
        }
    }
}
