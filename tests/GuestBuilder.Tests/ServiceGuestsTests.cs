using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Lamina.GuestBuilder.Network;

namespace Lamina.GuestBuilder.Tests;

/// <summary>Makes the real packages (they are cached, as for <c>run</c>) from this machine's Debian archive.</summary>
public partial class ServiceGuestsTests
{
    private const int MostBytes = 40 << 20;
    private static readonly Lazy<string> s_product = new(() => ServiceGuests.Ensure(Repository.Root, new Progress<string>()));
    private static readonly string s_sources = Path.Combine(Repository.Root, "guests");

    public static TheoryData<string> Names => [.. ServiceGuests.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void APackageIsWholeAndItsDescriptionHasTheDigests(string name)
    {
        _ = s_product.Value;
        string package = ServiceGuests.PackageDirectory(Repository.Root, name);
        string description = File.ReadAllText(Path.Combine(package, ServiceGuests.Description));

        foreach (string file in (string[])[ServiceGuests.Kernel, ServiceGuests.Initrd, ServiceGuests.RootDisk])
        {
            byte[] bytes = File.ReadAllBytes(Path.Combine(package, file));
            bytes.Length.Should().BeLessThan(MostBytes);
            description.Should().Contain($"  {file}: {Convert.ToHexStringLower(SHA256.HashData(bytes))}\n");
        }

        (new FileInfo(Path.Combine(package, ServiceGuests.RootDisk)).Length % 512).Should().Be(0, "a disk is whole sectors");
        description.Should().Contain($"name: {name}\n").And.Contain("  - libc6 ");
    }

    [Fact]
    public void PackagesShareTheirFiles()
    {
        _ = s_product.Value;

        Digests(ServiceGuests.Kernel).Should().HaveCount(1);
        Digests(ServiceGuests.Initrd).Should().HaveCount(1);
        Digests(ServiceGuests.RootDisk).Should().HaveCount(2, "the network VM has a root image of its own");
    }

    [Theory]
    [InlineData("desktop", "usr/bin/curl", "usr/bin/iperf3", "usr/bin/bash", "usr/bin/sh", "usr/bin/ip", "usr/bin/ping", "etc/start")]
    [InlineData("network", "usr/sbin/nft", "usr/sbin/dnsmasq", "usr/sbin/conntrack", "usr/bin/lamina-drops", "etc/lamina/nftables.conf", "etc/lamina/ports")]
    public void ARootImageHolds(string name, params string[] paths)
    {
        _ = s_product.Value;
        string image = Path.Combine(ServiceGuests.PackageDirectory(Repository.Root, name), ServiceGuests.RootDisk);

        string[] listing = HostTool.Run("unsquashfs", ["-lls", image]).Split('\n');

        foreach (string path in paths)
            listing.Should().ContainSingle(line => Regex.IsMatch(line, $@"squashfs-root/{Regex.Escape(path)}( -> .*)?$"));
        listing.Where(line => line.Contains("squashfs-root")).Should().OnlyContain(line => line.Contains(" root/root ") && line.Contains(" 1970-01-01 "));
        listing.Should().NotContain(line => line.Contains("/share/doc") || line.Contains("/share/man"));
    }

    [Fact]
    public void TheSamePackagesAndRecipeGiveTheSameImage()
    {
        _ = s_product.Value;
        var packages = new DebianPackages(Path.Combine(Repository.Root, "artifacts", "guests", "packages"), new Progress<string>());
        string directory = Path.Combine(s_sources, "network");
        string kernel = packages.KernelOf("linux-image-cloud-amd64");
        string again = Path.GetTempFileName();
        File.Delete(again);
        try
        {
            new RootImage(RootRecipe.Load(Path.Combine(directory, "root.yaml")), directory, kernel, packages).Write(again);

            Digest(again).Should().Be(Digest(Path.Combine(ServiceGuests.PackageDirectory(Repository.Root, "network"), ServiceGuests.RootDisk)));
        }
        finally
        {
            File.Delete(again);
        }
    }

    /// <summary>What must agree and is written down twice, since the hypervisor knows no rules and the network VM no manifest.</summary>
    [Theory]
    [InlineData(ServiceGuests.Manifest)]
    [InlineData(ServiceGuests.SmallManifest)]
    public void TheManifestAgreesWithRulesAndRecipes(string file)
    {
        NetworkRules rules = NetworkRulesReader.Load(Path.Combine(s_sources, "network", "rules.yaml"));
        string manifest = File.ReadAllText(Path.Combine(s_product.Value, file));

        PortList().Match(manifest).Groups[1].Value.Split(", ").Should().Equal(rules.Ports.Select(port => port.Name));
        foreach (Match plug in Plug().Matches(manifest))
            rules.Vms.Should().Contain(vm => vm.Name == plug.Groups[1].Value && vm.MacAddress == plug.Groups[2].Value);
        foreach (string name in ServiceGuests.Names.Where(name => manifest.Contains($"name: {name}\n")))
        {
            ServiceRecipe recipe = ServiceRecipe.Load(Path.Combine(s_sources, name, "recipe.yaml"));
            manifest.Should().Contain($"name: {name}\n    memory: {recipe.MemoryMib}M\n").And.Contain($"command-line: {recipe.CommandLine}\n");
        }
    }

    [Fact]
    public void TheOutsideIsWhereTheRulesLookForIt()
    {
        OutsidePort uplink = NetworkRulesReader.Load(Path.Combine(s_sources, "network", "rules.yaml")).Outside;
        string address = Ipv4Subnet.Text(uplink.Gateway);

        uplink.Dns.Should().Be(uplink.Gateway);
        File.ReadAllText(Path.Combine(s_sources, "system", "start")).Should().Contain($"ip addr add {address}/{uplink.Address.PrefixLength} dev eth0");
        File.ReadAllText(Path.Combine(s_sources, "system", "outside.conf")).Should().Contain($"address=/outside.test/{address}\n");
    }

    [Fact]
    public void ARecipesErrorHasItsPlace()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "packages: [a]\nmodule: [b]\n");
            FluentActions.Invoking(() => RootRecipe.Load(file)).Should().Throw<GuestBuildException>().WithMessage($"{file}:2:1: *module*");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static HashSet<string> Digests(string file) =>
        [.. ServiceGuests.Names.Select(name => Digest(Path.Combine(ServiceGuests.PackageDirectory(Repository.Root, name), file)))];

    private static string Digest(string file) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)));

    [GeneratedRegex(@"ports: \[(.*)\]")]
    private static partial Regex PortList();

    [GeneratedRegex(@"wire: network\.([a-z0-9-]+), mac: ([0-9a-f:]+)")]
    private static partial Regex Plug();
}
