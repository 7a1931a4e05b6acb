namespace Lamina.Host;

/// <summary>What the MADT (ACPI 6.5, 5.2.12) says: the local APICs of the machine, and whether there are 8259s.</summary>
public sealed class InterruptControllers
{
    /// <summary>The most processors that are noted.</summary>
    public const int MaximumProcessors = 256;

    private const int LocalApicAddressField = 36;
    private const int FlagsField = 40;
    private const int FirstEntry = 44;
    private const uint PcAtCompatible = 1;

    // Interrupt controller structure types, and offsets in them.
    private const byte LocalApic = 0;
    private const byte LocalApicAddressOverride = 5;
    private const byte LocalX2Apic = 9;
    private const uint Enabled = 1;

    private readonly uint[] _apicIds = new uint[MaximumProcessors];

    /// <summary>Reads a MADT. An entry whose length is impossible ends the reading.</summary>
    public InterruptControllers(AcpiTable madt)
    {
        LocalApicAddress = madt.UInt32(LocalApicAddressField);
        HasLegacyControllers = (madt.UInt32(FlagsField) & PcAtCompatible) != 0;
        for (int at = FirstEntry; at <= madt.Bytes.Length - 2;)
        {
            byte type = madt.Byte(at);
            byte length = madt.Byte(at + 1);
            if (length < 2 || length > madt.Bytes.Length - at)
                break;
            switch (type)
            {
                case LocalApic when length >= 8 && (madt.UInt32(at + 4) & Enabled) != 0:
                    AddProcessor(madt.Byte(at + 3));
                    break;
                case LocalX2Apic when length >= 16 && (madt.UInt32(at + 8) & Enabled) != 0:
                    AddProcessor(madt.UInt32(at + 4));
                    break;
                case LocalApicAddressOverride when length >= 12:
                    LocalApicAddress = madt.UInt64(at + 4);
                    break;
            }

            at += length;
        }
    }

    /// <summary>HPA of the local APICs' registers.</summary>
    public ulong LocalApicAddress { get; }

    /// <summary>Whether the machine also has a pair of 8259s.</summary>
    public bool HasLegacyControllers { get; }

    /// <summary>How many processors are enabled; more than <see cref="MaximumProcessors"/> are not noted.</summary>
    public int ProcessorCount { get; private set; }

    /// <summary>The local APIC ID of a processor.</summary>
    public uint ApicId(int index) => _apicIds[index];

    private void AddProcessor(uint id)
    {
        // Firmware may list a processor by both kinds of entry.
        for (int i = 0; i < ProcessorCount; i++)
        {
            if (_apicIds[i] == id)
                return;
        }

        if (ProcessorCount < MaximumProcessors)
            _apicIds[ProcessorCount++] = id;
    }
}
