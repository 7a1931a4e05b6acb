using System.Runtime.InteropServices;

namespace Lamina.Devices;

/// <summary>The configuration of a console: struct virtio_console_config (virtio 1.2, 5.3.4).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ConsoleConfig
{
    /// <summary>Columns; not offered.</summary>
    public ushort Columns;
    /// <summary>Rows; not offered.</summary>
    public ushort Rows;
    /// <summary>How many ports there can be.</summary>
    public uint MostPorts;
    /// <summary>A byte to print before there are queues; not offered.</summary>
    public uint EmergencyWrite;
}
