using System.Runtime.InteropServices;

namespace Lamina.Core;

/// <summary>A wire between interfaces of two VMs. Each interface has at most one, and names it too: the two must agree.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public struct WireRecord
{
    /// <summary>The most that goes over it each way, in bits per second: <see cref="ManifestRules.IsRate"/>; 0 if there is no limit.</summary>
    public ulong BitsPerSecond;

    /// <summary>The end whose kind is <see cref="InterfaceKind.Port"/>.</summary>
    public WireEnd Port;

    /// <summary>The end whose kind is <see cref="InterfaceKind.Plug"/>.</summary>
    public WireEnd Plug;

    /// <summary>What becomes of a frame for which there is no room.</summary>
    public WhenFull WhenFull;

    /// <summary>Zero.</summary>
    public byte Reserved0;

    /// <summary>Zero.</summary>
    public ushort Reserved1;
}
