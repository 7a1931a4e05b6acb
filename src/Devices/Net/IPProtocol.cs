namespace Lamina.Devices;

/// <summary>What follows an IP header (IANA's assigned internet protocol numbers): those that are looked at here.</summary>
internal enum IPProtocol : byte
{
    /// <summary>IPv6's hop-by-hop options (RFC 8200, 4.3).</summary>
    HopByHopOptions = 0,
    /// <summary>TCP.</summary>
    Tcp = 6,
    /// <summary>IPv6's routing header (RFC 8200, 4.4).</summary>
    Routing = 43,
    /// <summary>IPv6's destination options (RFC 8200, 4.6).</summary>
    DestinationOptions = 60,
}
