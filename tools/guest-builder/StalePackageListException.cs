namespace Lamina.GuestBuilder;

/// <summary>apt does not know a package, or cannot get it: its lists may be missing or old.</summary>
internal sealed class StalePackageListException(string problem)
    : GuestBuildException($"{problem}. If this machine's lists of packages are missing or old, 'apt-get update' (as root) fetches them.");
