namespace Lamina.Devices;

/// <summary>
/// The host bridge at 00:00.0. Its identity is Red Hat's 1b36:0008, given out for a virtual host bridge of no particular chipset: the well-known 8086:1237 (440FX)
/// makes Linux apply and report quirks of that chipset.
/// </summary>
internal sealed class PciHostBridge() : PciFunction(new PciIdentity(RedHat, GenericHostBridge, 0, HostBridgeClass, 0, 0), interruptPin: 0)
{
    private const ushort RedHat = 0x1B36;
    private const ushort GenericHostBridge = 0x0008;
    private const uint HostBridgeClass = 0x06_00_00;
}
