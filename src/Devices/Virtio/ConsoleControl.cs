using System.Runtime.InteropServices;

namespace Lamina.Devices;

/// <summary>A control message: struct virtio_console_control (virtio 1.2, 5.3.6.2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ConsoleControl(uint port, ConsoleEvent what, ushort value)
{
    /// <summary>The port's number.</summary>
    public uint Port = port;
    /// <summary>What it says.</summary>
    public ConsoleEvent Event = what;
    /// <summary>What that means for this port.</summary>
    public ushort Value = value;
}
