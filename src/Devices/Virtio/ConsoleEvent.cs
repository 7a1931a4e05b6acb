namespace Lamina.Devices;

/// <summary>What a control message of a console says (virtio 1.2, 5.3.6.2).</summary>
internal enum ConsoleEvent : ushort
{
    /// <summary>From the driver: whether it is ready for ports (value 1).</summary>
    DeviceReady = 0,
    /// <summary>To the driver: there is a port.</summary>
    PortAdd = 1,
    /// <summary>To the driver: the port is gone.</summary>
    PortRemove = 2,
    /// <summary>From the driver: whether it is ready for the port (value 1).</summary>
    PortReady = 3,
    /// <summary>To the driver: the port is a console.</summary>
    ConsolePort = 4,
    /// <summary>To the driver: the console has another size.</summary>
    Resize = 5,
    /// <summary>Either way: whether the sender's side is open (value).</summary>
    PortOpen = 6,
    /// <summary>To the driver: the port's name, which follows.</summary>
    PortName = 7,
}
