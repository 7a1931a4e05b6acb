namespace Lamina.Core;

/// <summary>A wire between interfaces of two VMs of a checked <see cref="BootManifest"/>.</summary>
public readonly struct WireDescription
{
    internal WireDescription(in WireRecord record)
    {
        Port = record.Port;
        Plug = record.Plug;
        BitsPerSecond = record.BitsPerSecond;
        WhenFull = record.WhenFull;
    }

    /// <summary>The end that is a port. Never of the same VM as <see cref="Plug"/>.</summary>
    public WireEnd Port { get; }

    /// <summary>The end that is plugged into the port.</summary>
    public WireEnd Plug { get; }

    /// <summary>The most that goes over it each way, in bits per second; 0 if there is no limit.</summary>
    public ulong BitsPerSecond { get; }

    /// <summary>What becomes of a frame for which there is no room.</summary>
    public WhenFull WhenFull { get; }
}
