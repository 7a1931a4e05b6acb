namespace Lamina.Host;

/// <summary>The host's PCI configuration space by configuration mechanism 1 (PCI Local Bus Specification 3.0, 3.2.2.3.2), segment 0.</summary>
public static class PciConfiguration
{
    private const ushort AddressPort = 0xCF8;
    private const ushort DataPort = 0xCFC;
    private const uint Enable = 1u << 31;

    private const int Buses = 256;
    private const int Devices = 32;
    private const int Functions = 8;

    // Registers of the header (6.1), by offset.
    private const byte Identity = 0x00;
    private const byte Command = 0x04;
    private const byte Class = 0x08;
    private const byte HeaderType = 0x0C;
    private const uint NoDevice = 0xFFFF;
    private const uint BusMaster = 1 << 2;
    private const uint CommandMask = 0xFFFF;
    private const uint MultiFunction = 1 << 23;
    private const uint HeaderTypeMask = 0x7F << 16;
    private const uint BaseClassBridge = 0x06;
    private const uint BaseClassDisplay = 0x03;

    /// <summary>
    /// Takes bus mastering from every device that firmware left it to, so that none writes into memory that is ours now. Bridges keep it, as what is behind
    /// them is dealt with by itself, and displays, whose picture may come from memory.
    /// </summary>
    /// <returns>How many devices had it.</returns>
    public static int StopBusMasters()
    {
        int stopped = 0;
        for (uint bus = 0; bus < Buses; bus++)
        {
            for (uint device = 0; device < Devices; device++)
                stopped += StopBusMasters(bus, device);
        }

        return stopped;
    }

    private static int StopBusMasters(uint bus, uint device)
    {
        int stopped = 0;
        uint functions = 1;
        for (uint function = 0; function < functions; function++)
        {
            if ((Read(bus, device, function, Identity) & NoDevice) == NoDevice)
                continue;
            uint header = Read(bus, device, function, HeaderType);
            if (function == 0 && (header & MultiFunction) != 0)
                functions = Functions;
            uint baseClass = Read(bus, device, function, Class) >> 24;
            uint command = Read(bus, device, function, Command);
            if ((header & HeaderTypeMask) != 0 || baseClass is BaseClassBridge or BaseClassDisplay || (command & BusMaster) == 0)
                continue;

            // The status register in the upper half is cleared by writing ones: zeros leave it.
            Write(bus, device, function, Command, command & CommandMask & ~BusMaster);
            stopped++;
        }

        return stopped;
    }

    private static uint Read(uint bus, uint device, uint function, byte offset)
    {
        Select(bus, device, function, offset);
        return Instructions.ReadPort32(DataPort);
    }

    private static void Write(uint bus, uint device, uint function, byte offset, uint value)
    {
        Select(bus, device, function, offset);
        Instructions.WritePort32(DataPort, value);
    }

    private static void Select(uint bus, uint device, uint function, byte offset) =>
        Instructions.WritePort32(AddressPort, Enable | (bus << 16) | (device << 11) | (function << 8) | offset);
}
