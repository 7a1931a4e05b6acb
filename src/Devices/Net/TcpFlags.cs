using System;

namespace Lamina.Devices;

/// <summary>TCP's control bits (RFC 9293, 3.1): those that segmentation must know.</summary>
[Flags]
internal enum TcpFlags : byte
{
    /// <summary>FIN: no more data from the sender.</summary>
    Finish = 1 << 0,
    /// <summary>PSH: hand it to the application.</summary>
    Push = 1 << 3,
    /// <summary>CWR: the sender has answered a congestion mark (RFC 3168, 6.1.2).</summary>
    CongestionWindowReduced = 1 << 7,
}
