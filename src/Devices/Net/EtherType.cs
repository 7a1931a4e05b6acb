namespace Lamina.Devices;

/// <summary>What an Ethernet frame carries (IEEE 802 numbers, "EtherTypes"): those that are looked at here.</summary>
internal enum EtherType : ushort
{
    /// <summary>IPv4.</summary>
    IPv4 = 0x0800,
    /// <summary>IPv6.</summary>
    IPv6 = 0x86DD,
    /// <summary>A customer's VLAN tag (IEEE 802.1Q), then another type.</summary>
    CustomerTag = 0x8100,
    /// <summary>A provider's VLAN tag (IEEE 802.1ad), then another type.</summary>
    ServiceTag = 0x88A8,
}
