using System;
using Lamina.Core;

namespace Lamina.Devices;

/// <summary>
/// The body of a VM's DSDT: the sleep state S5, the processors, the PCI root with its windows and interrupt routes, the serial port, and the devices whose
/// ports nobody else may take (ACPI 6.5, chapters 6 and 7; PNP IDs from Microsoft's list).
/// </summary>
internal static class GuestDsdt
{
    private const byte PinsPerDevice = 4;
    private const uint AnyFunction = 0xFFFF;
    private const int DeviceShift = 16;
    private const int ProcessorNameDigits = 3;

    /// <summary>Bytes that suffice for a VM of so many vCPUs.</summary>
    public static int MostBytes(int vcpus) => 4096 + 32 * vcpus;

    /// <summary>Writes it, and says how long it is.</summary>
    public static int Write(Span<byte> buffer, int vcpus)
    {
        var aml = new AmlWriter(buffer);

        aml.BeginName("\\_S5"u8);
        int sleep = aml.BeginPackage(4);
        aml.Integer(AcpiPm.SoftOffSleepType);
        aml.Integer(AcpiPm.SoftOffSleepType);
        aml.Integer(0);
        aml.Integer(0);
        aml.End(sleep);

        int system = aml.BeginScope("\\_SB"u8);
        for (int i = 0; i < vcpus; i++) WriteProcessor(ref aml, (uint)i);
        WritePciRoot(ref aml);
        WriteSerialPort(ref aml);
        WriteLegacyDevices(ref aml);
        aml.End(system);
        return aml.Length;
    }

    private static void WriteProcessor(ref AmlWriter aml, uint number)
    {
        Span<byte> name = stackalloc byte[1 + ProcessorNameDigits];
        name[0] = (byte)'C';
        for (int i = 0; i < ProcessorNameDigits; i++) name[ProcessorNameDigits - i] = "0123456789ABCDEF"u8[(int)(number >> 4 * i & 0xF)];
        int device = aml.BeginDevice(name);
        aml.NamedString("_HID"u8, "ACPI0007"u8);
        aml.NamedInteger("_UID"u8, number);
        aml.End(device);
    }

    private static void WritePciRoot(ref AmlWriter aml)
    {
        int device = aml.BeginDevice("PCI0"u8);
        aml.NamedEisaId("_HID"u8, "PNP0A03"u8);
        aml.NamedInteger("_UID"u8, 0);
        aml.NamedInteger("_BBN"u8, 0);

        int resources = aml.BeginResources("_CRS"u8);
        aml.BusNumbers(0, 0);
        aml.Io(PciHost.AddressPort, 8);
        aml.IoWindow(PciWindows.IoStart, PciWindows.IoStart + PciWindows.IoLength - 1);
        aml.MemoryWindow((uint)PciWindows.MemoryStart, (uint)(PciWindows.MemoryStart + PciWindows.MemoryLength - 1));
        aml.EndResources(resources);

        // The host bridge, device 0, has no interrupt.
        aml.BeginName("_PRT"u8);
        int routes = aml.BeginPackage((PciHost.Devices - 1) * PinsPerDevice);
        for (int slot = 1; slot < PciHost.Devices; slot++)
        {
            for (int pin = 0; pin < PinsPerDevice; pin++)
            {
                int route = aml.BeginPackage(4);
                aml.Integer((uint)slot << DeviceShift | AnyFunction);
                aml.Integer((uint)pin);
                // No link device: the line is a GSI.
                aml.Integer(0);
                aml.Integer((uint)PciHost.LineOf(slot, pin));
                aml.End(route);
            }
        }
        aml.End(routes);
        aml.End(device);
    }

    private static void WriteSerialPort(ref AmlWriter aml)
    {
        int device = aml.BeginDevice("COM1"u8);
        aml.NamedEisaId("_HID"u8, "PNP0501"u8);
        aml.NamedInteger("_UID"u8, 1);
        int resources = aml.BeginResources("_CRS"u8);
        aml.Io(Uart16550.Com1, Uart16550.Ports);
        aml.Irq(Uart16550.Com1Line);
        aml.EndResources(resources);
        aml.End(device);
    }

    private static void WriteLegacyDevices(ref AmlWriter aml)
    {
        int clock = aml.BeginDevice("RTC"u8);
        aml.NamedEisaId("_HID"u8, "PNP0B00"u8);
        int resources = aml.BeginResources("_CRS"u8);
        aml.Io(Cmos.FirstPort, Cmos.Ports);
        aml.Irq(GuestPlatform.ClockLine);
        aml.EndResources(resources);
        aml.End(clock);

        int timer = aml.BeginDevice("TIMR"u8);
        aml.NamedEisaId("_HID"u8, "PNP0100"u8);
        resources = aml.BeginResources("_CRS"u8);
        aml.Io(Pit8254.FirstPort, Pit8254.Ports);
        aml.Irq(InterruptRouter.TimerLine);
        aml.EndResources(resources);
        aml.End(timer);

        // What belongs to the board and to no driver.
        int board = aml.BeginDevice("MBRD"u8);
        aml.NamedEisaId("_HID"u8, "PNP0C02"u8);
        aml.NamedInteger("_UID"u8, 0);
        resources = aml.BeginResources("_CRS"u8);
        aml.Io(Pic8259Pair.ElcrPort, Pic8259Pair.ElcrPorts);
        aml.Io(AcpiPm.EventBlock, AcpiPm.Ports);
        aml.FixedMemory((uint)PciEcam.BaseAddress, (uint)PciEcam.Length);
        aml.EndResources(resources);
        aml.End(board);
    }
}
