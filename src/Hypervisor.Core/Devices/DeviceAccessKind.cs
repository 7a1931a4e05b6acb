namespace Lamina.Core;

/// <summary>What a vCPU does with a register of a device.</summary>
public enum DeviceAccessKind : byte
{
    /// <summary>It reads memory: it waits for the value.</summary>
    ReadMemory,
    /// <summary>It writes memory: it runs on, as on a PCI bus.</summary>
    WriteMemory,
    /// <summary>IN: it waits for the value.</summary>
    ReadPort,
    /// <summary>OUT: it waits until that is done, as a CPU does, but for doorbells.</summary>
    WritePort,
}
