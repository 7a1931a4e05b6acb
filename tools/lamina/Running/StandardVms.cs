using System.CommandLine;
using System.IO;
using Lamina.GuestBuilder;

namespace Lamina.Cli.Running;

/// <summary>The VMs that are started where nobody names a manifest: made of Debian's packages by the recipes under <c>guests/</c>.</summary>
internal static class StandardVms
{
    private const string Product = "product";
    private const string Small = "small";
    private const string Debian = "debian";

    /// <summary>The option that chooses among them.</summary>
    internal static Option<string?> CreateOption()
    {
        var option = new Option<string?>("--vms")
        {
            Description = "What to start without --manifest: the product (network, desktop, apps, extra and the outside); small, which is outside, network and desktop; "
                + "or debian, one VM with a shell. By default the product, in Bochs small.",
            HelpName = $"{Product}|{Small}|{Debian}",
        };
        option.AcceptOnlyFromAmong(Product, Small, Debian);
        return option;
    }

    /// <summary>Makes them, as far as they are not there; returns their manifest's path.</summary>
    /// <param name="terminal">Told of it.</param>
    /// <param name="repository">The checkout.</param>
    /// <param name="choice">The option's value.</param>
    /// <param name="isSlow">Whether the machine is an emulator that takes minutes for each VM.</param>
    internal static string Make(Terminal terminal, Repository repository, string? choice, bool isSlow) => (choice ?? (isSlow ? Small : Product)) switch
    {
        Debian => terminal.Step(
            "the guest is Debian's kernel with a shell, from guests/debian",
            progress => Path.Combine(DebianGuest.Ensure(repository.Root, progress), DebianGuest.Manifest)),
        Small => MakeService(terminal, repository, "the VMs are outside, network and desktop, from guests/product/small.yaml", ServiceGuests.SmallManifest),
        _ => MakeService(terminal, repository, "the VMs are the product's, from guests/product", ServiceGuests.Manifest),
    };

    private static string MakeService(Terminal terminal, Repository repository, string what, string manifest) =>
        terminal.Step(what, progress => Path.Combine(ServiceGuests.Ensure(repository.Root, progress), manifest));
}
