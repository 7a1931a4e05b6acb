using System.Runtime.InteropServices;
using Lamina.Core;

namespace Lamina.Devices;

/// <summary>A vector of an MSI-X table (PCI Local Bus 3.0, 6.8.2.6 to 6.8.2.9).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MsixEntry
{
    /// <summary>Message address: a GPA.</summary>
    public ulong Address;
    /// <summary>Message data.</summary>
    public uint Data;
    /// <summary>Vector control: bit 0 masks it.</summary>
    public uint Control;

    private const uint Mask = 1;

    // Address and data of a message to a local APIC (Intel SDM vol. 3, 11.11; AMD APM vol. 2, 16.11).
    private const ulong ApicAddress = 0xFEE0_0000;
    private const ulong ApicAddressMask = ~0xF_FFFFUL;
    private const int DestinationShift = 12;
    private const uint LogicalBit = 1 << 2;
    private const int ModeShift = 8;
    private const uint ModeMask = 7;
    private const uint LevelBit = 1 << 15;

    /// <summary>Whether it is masked by itself.</summary>
    public readonly bool IsMasked => (Control & Mask) != 0;

    /// <summary>Power-on: masked, all else 0.</summary>
    public static MsixEntry AtReset => new() { Control = Mask };

    /// <summary>
    /// What it says as an interrupt message. False for an address that is no local APIC's (a write to RAM, which nobody asks for, is not modelled) or a reserved delivery mode.
    /// </summary>
    public readonly bool TryDecode(out InterruptMessage message)
    {
        var mode = (DeliveryMode)(Data >> ModeShift & ModeMask);
        message = new InterruptMessage((byte)Data, mode, (byte)(Address >> DestinationShift), (Address & LogicalBit) != 0, (Data & LevelBit) != 0);
        return (Address & ApicAddressMask) == ApicAddress && mode is DeliveryMode.Fixed or DeliveryMode.LowestPriority or DeliveryMode.Nmi or DeliveryMode.Init or DeliveryMode.External;
    }
}
