using System;
using System.IO;
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

    /// <summary>A bare machine has no more CPUs than it has, and no other VMs.</summary>
    [Fact]
    public void WhatNeedsAHypervisorDoesNotRunDirectly()
    {
        BenchGuest guest = new("any", "multiboot", "any.bin", null, "");
        guest.RunsDirectly.Should().BeTrue();
        (guest with { Cpus = 2 }).RunsDirectly.Should().BeFalse();
        (guest with { Cpus = 2, Bed = BenchBed.Intel }).RunsDirectly.Should().BeTrue();
        (guest with { Neighbours = ["spin.bin"] }).RunsDirectly.Should().BeFalse();
    }

    [Fact]
    public void NeighboursStartBeforeTheGuest()
    {
        string root = Repository.Root;
        string directory = BenchGuests.Build(root, new Progress<string>());
        string spin = Path.Combine(directory, BenchGuests.Spin);
        BenchGuest guest = new("beside", "multiboot", Path.Combine(directory, BenchGuests.WakeUps), null, "") { Cpus = 2, Neighbours = [spin, spin] };

        string manifest = guest.WriteManifest(directory);

        ManifestCompiler.Compile(manifest).Errors.Should().BeEmpty();
        File.ReadAllText(manifest).Should().Contain("cpus: 2\n").And.Contain("after: [neighbour-0, neighbour-1]").And.Contain("name: neighbour-1");
    }
}
