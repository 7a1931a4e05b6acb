using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Lamina.Core;

namespace Lamina.Devices;

/// <summary>
/// Writes the ACPI tables of a VM: RSDP, XSDT, FADT, FACS, MADT, MCFG and DSDT (ACPI 6.5, chapter 5), all of them between 0xE0000 and 0xFFFFF, where systems look for the RSDP and
/// which <see cref="GuestMemoryMap"/> keeps reserved. Used when a VM is built or reset.
/// </summary>
public static class GuestAcpiTables
{
    /// <summary>GPA at which they begin, with the RSDP.</summary>
    public const ulong RsdpAddress = GuestMemoryMap.FirmwareStart;

    /// <summary>How much of the address space is theirs.</summary>
    private const ulong AreaLength = GuestMemoryMap.HighStart - RsdpAddress;

    /// <summary>Of <see cref="AcpiTableHeader.Checksum"/>.</summary>
    internal const int ChecksumOffset = 9;

    private const int FacsLength = 64;
    private const int FacsAlignment = 64;
    private const int TableAlignment = 16;
    private const int RsdpChecksummed = 20;
    private const byte RsdpRevision = 2;

    private const byte XsdtRevision = 1;
    private const byte FadtRevision = 6;
    private const byte FadtMinorRevision = 5;
    private const byte MadtRevision = 6;
    private const byte McfgRevision = 1;
    private const byte DsdtRevision = 2;
    private const uint OurRevision = 1;

    /// <summary>C2 and C3 are not there: their latency is beyond what the FADT allows (100 and 1,000 µs).</summary>
    private const ushort NoC2Latency = 101;
    private const ushort NoC3Latency = 1001;

    private const byte ByteAccess = 1;
    private const byte WordAccess = 2;
    private const byte DWordAccess = 3;

    private const uint LocalApicAddress = 0xFEE0_0000;
    private const uint HasPic = 1 << 0;
    private const uint ProcessorEnabled = 1 << 0;
    private const ushort EdgeActiveHigh = 0b0101;
    private const ushort LevelActiveHigh = 0b1101;
    private const byte NmiPin = 1;
    private const byte AllProcessors = byte.MaxValue;

    private enum MadtType : byte
    {
        LocalApic = 0,
        IoApic = 1,
        InterruptOverride = 2,
        LocalApicNmi = 4,
        LocalX2Apic = 9,
        LocalX2ApicNmi = 10,
    }

    /// <summary>
    /// Builds them, to lie at <see cref="RsdpAddress"/>. <paramref name="vcpus"/> are the APIC IDs from 0 on; <paramref name="ioApicId"/> is the I/O APIC's.
    /// Null when there are more vCPUs than the area can tell of. When a VM is made; it allocates.
    /// </summary>
    public static byte[]? Build(int vcpus, uint ioApicId)
    {
        // FADT, MADT and the others fit in what is added to the DSDT; an entry of the MADT takes 16 bytes at most.
        int most = GuestDsdt.MostBytes(vcpus) + 1024 + Unsafe.SizeOf<MadtLocalX2Apic>() * vcpus;
        if ((ulong)most > AreaLength) return null;
        Span<byte> area = new byte[most];
        int length = Unsafe.SizeOf<AcpiRsdp>();

        int facs = Align(length, FacsAlignment);
        MemoryMarshal.Write(area[facs..], new AcpiFacs { Signature = Characters("FACS"u8), Length = FacsLength });

        int dsdt = facs + FacsLength;
        length = GuestDsdt.Write(area[(dsdt + HeaderLength)..], vcpus);
        int fadt = Seal(area, dsdt, "DSDT"u8, DsdtRevision, length);

        MemoryMarshal.Write(area[(fadt + HeaderLength)..], Fadt((uint)RsdpAddress + (uint)facs, (uint)RsdpAddress + (uint)dsdt));
        int madt = Seal(area, fadt, "FACP"u8, FadtRevision, Unsafe.SizeOf<AcpiFadt>());

        length = WriteMadt(area[(madt + HeaderLength)..], vcpus, ioApicId);
        int mcfg = Seal(area, madt, "APIC"u8, MadtRevision, length);

        MemoryMarshal.Write(area[(mcfg + HeaderLength)..], new AcpiMcfg { BaseAddress = PciEcam.BaseAddress });
        int xsdt = Seal(area, mcfg, "MCFG"u8, McfgRevision, Unsafe.SizeOf<AcpiMcfg>());

        MemoryMarshal.Write(area[(xsdt + HeaderLength)..],
            new AcpiXsdt { Fadt = RsdpAddress + (ulong)fadt, Madt = RsdpAddress + (ulong)madt, Mcfg = RsdpAddress + (ulong)mcfg });
        int end = Seal(area, xsdt, "XSDT"u8, XsdtRevision, Unsafe.SizeOf<AcpiXsdt>());

        WriteRsdp(area, RsdpAddress + (ulong)xsdt);
        return area[..end].ToArray();
    }

    private static int HeaderLength => Unsafe.SizeOf<AcpiTableHeader>();

    private static int Align(int offset, int alignment) => (offset + (alignment - 1)) & ~(alignment - 1);

    private static uint Characters(ReadOnlySpan<byte> text) => MemoryMarshal.Read<uint>(text);

    /// <summary>Puts header and checksum around a body that was written already. Returns where the next table can begin.</summary>
    private static int Seal(Span<byte> area, int start, ReadOnlySpan<byte> signature, byte revision, int bodyLength)
    {
        int length = HeaderLength + bodyLength;
        var table = area.Slice(start, length);
        MemoryMarshal.Write(table, new AcpiTableHeader
        {
            Signature = Characters(signature),
            Length = (uint)length,
            Revision = revision,
            OemId = Characters("LAMI"u8),
            OemIdEnd = MemoryMarshal.Read<ushort>("NA"u8),
            OemTableId = MemoryMarshal.Read<ulong>("LAMINAVM"u8),
            OemRevision = OurRevision,
            CreatorId = Characters("LAMI"u8),
            CreatorRevision = OurRevision,
        });
        table[ChecksumOffset] = Checksum(table);
        return Align(start + length, TableAlignment);
    }

    private static byte Checksum(ReadOnlySpan<byte> bytes)
    {
        byte sum = 0;
        foreach (byte value in bytes) sum += value;
        return (byte)-sum;
    }

    private static void WriteRsdp(Span<byte> area, ulong xsdt)
    {
        var rsdp = new AcpiRsdp
        {
            Signature = MemoryMarshal.Read<ulong>("RSD PTR "u8),
            OemId = Characters("LAMI"u8),
            OemIdEnd = MemoryMarshal.Read<ushort>("NA"u8),
            Revision = RsdpRevision,
            Length = (uint)Unsafe.SizeOf<AcpiRsdp>(),
            XsdtAddress = xsdt,
        };
        MemoryMarshal.Write(area, rsdp);
        rsdp.Checksum = Checksum(area[..RsdpChecksummed]);
        MemoryMarshal.Write(area, rsdp);
        rsdp.ExtendedChecksum = Checksum(area[..Unsafe.SizeOf<AcpiRsdp>()]);
        MemoryMarshal.Write(area, rsdp);
    }

    private static AcpiFadt Fadt(uint facs, uint dsdt) => new()
    {
        FirmwareCtrl = facs,
        Dsdt = dsdt,
        XDsdt = dsdt,
        SciInt = GuestPlatform.SciLine,
        Pm1aEvtBlk = AcpiPm.EventBlock,
        Pm1aCntBlk = AcpiPm.ControlBlock,
        PmTmrBlk = AcpiPm.TimerBlock,
        Pm1EvtLen = AcpiPm.EventBlockLength,
        Pm1CntLen = AcpiPm.ControlBlockLength,
        PmTmrLen = AcpiPm.TimerBlockLength,
        PLvl2Lat = NoC2Latency,
        PLvl3Lat = NoC3Latency,
        Century = (byte)CmosRegister.Century,
        // The keyboard controller is there for systems that reset by it, but there is no keyboard to look for.
        IaPcBootArch = AcpiBootArchitecture.LegacyDevices | AcpiBootArchitecture.VgaNotPresent,
        Flags = AcpiFixedFeatures.Wbinvd | AcpiFixedFeatures.ProcC1 | AcpiFixedFeatures.SleepButton | AcpiFixedFeatures.FixRtc
            | AcpiFixedFeatures.TimerValueExtended | AcpiFixedFeatures.ResetRegisterSupported,
        ResetReg = GenericAddress.Ports(ResetControl.Port, 1, ByteAccess),
        ResetValue = ResetControl.ResetValue,
        MinorVersion = FadtMinorRevision,
        XPm1aEvtBlk = GenericAddress.Ports(AcpiPm.EventBlock, AcpiPm.EventBlockLength, WordAccess),
        XPm1aCntBlk = GenericAddress.Ports(AcpiPm.ControlBlock, AcpiPm.ControlBlockLength, WordAccess),
        XPmTmrBlk = GenericAddress.Ports(AcpiPm.TimerBlock, AcpiPm.TimerBlockLength, DWordAccess),
        HypervisorVendorIdentity = MemoryMarshal.Read<ulong>("Lamina\0\0"u8),
    };

    private static int WriteMadt(Span<byte> body, int vcpus, uint ioApicId)
    {
        int length = Unsafe.SizeOf<MadtHeader>();
        MemoryMarshal.Write(body, new MadtHeader { LocalApicAddress = LocalApicAddress, Flags = HasPic });
        for (int i = 0; i < vcpus; i++)
        {
            // ID 255 means all of them in an xAPIC.
            if (i < AllProcessors)
                Add(body, ref length, MadtType.LocalApic, new MadtLocalApic { ProcessorUid = (byte)i, ApicId = (byte)i, Flags = ProcessorEnabled });
            else
                Add(body, ref length, MadtType.LocalX2Apic, new MadtLocalX2Apic { ProcessorUid = (uint)i, ApicId = (uint)i, Flags = ProcessorEnabled });
        }
        Add(body, ref length, MadtType.IoApic, new MadtIoApic { IoApicId = (byte)ioApicId, Address = (uint)IoApic.BaseAddress });
        Add(body, ref length, MadtType.InterruptOverride, new MadtInterruptOverride { Source = InterruptRouter.TimerLine, Gsi = InterruptRouter.TimerPin });
        Add(body, ref length, MadtType.InterruptOverride,
            new MadtInterruptOverride { Source = GuestPlatform.SciLine, Gsi = GuestPlatform.SciLine, Flags = LevelActiveHigh });
        Add(body, ref length, MadtType.LocalApicNmi, new MadtLocalApicNmi { ProcessorUid = AllProcessors, Flags = EdgeActiveHigh, Lint = NmiPin });
        if (vcpus > AllProcessors)
            Add(body, ref length, MadtType.LocalX2ApicNmi, new MadtLocalX2ApicNmi { ProcessorUid = uint.MaxValue, Flags = EdgeActiveHigh, Lint = NmiPin });
        return length;
    }

    /// <summary>Adds an entry; its first two bytes, type and length, are written here.</summary>
    private static void Add<T>(Span<byte> body, ref int length, MadtType type, in T entry) where T : unmanaged
    {
        MemoryMarshal.Write(body[length..], entry);
        MemoryMarshal.Write(body[length..], new MadtEntryHeader { Type = (byte)type, Length = (byte)Unsafe.SizeOf<T>() });
        length += Unsafe.SizeOf<T>();
    }
}
