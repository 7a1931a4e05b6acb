using System;

namespace Lamina.Devices;

/// <summary>
/// Work on frames that one end of a wire may leave undone: a sender by its HOST_ features and CSUM, a receiver by its GUEST_ features (virtio 1.2, 5.1.3).
/// What a frame needs and its receiver does not take, the hypervisor does.
/// </summary>
[Flags]
public enum NetOffloads : byte
{
    /// <summary>None: every frame is complete, and as large as it goes over a cable.</summary>
    None = 0,
    /// <summary>Checksums of TCP and UDP are half done.</summary>
    Checksum = 1 << 0,
    /// <summary>TCP over IPv4 comes in frames of up to 64 KiB.</summary>
    TcpV4 = 1 << 1,
    /// <summary>TCP over IPv6 comes in frames of up to 64 KiB.</summary>
    TcpV6 = 1 << 2,
    /// <summary>Such frames may have CWR set.</summary>
    CongestionNotification = 1 << 3,
    /// <summary>All that there are.</summary>
    All = Checksum | TcpV4 | TcpV6 | CongestionNotification,
}
