using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Lamina.Core;
using Lamina.Testing;

namespace Lamina.Devices.Tests.Acpi;

public sealed class GuestAcpiTablesTests
{
    private static byte[] Write(int vcpus = 1, int memory = 2 << 20)
    {
        using var ram = new TestMemory(memory);
        ram.Guest.TryWrite(GuestAcpiTables.RsdpAddress, GuestAcpiTables.Build(vcpus, 1)).Should().BeTrue();
        return ram.Bytes.ToArray();
    }

    private static byte Sum(ReadOnlySpan<byte> bytes)
    {
        byte sum = 0;
        foreach (byte value in bytes) sum += value;
        return sum;
    }

    private static T At<T>(byte[] memory, ulong gpa) where T : unmanaged => MemoryMarshal.Read<T>(memory.AsSpan((int)gpa));

    private static ReadOnlySpan<byte> Table(byte[] memory, ulong gpa) => memory.AsSpan((int)gpa, (int)At<AcpiTableHeader>(memory, gpa).Length);

    private static ulong Find(byte[] memory, string signature)
    {
        ulong xsdt = At<AcpiRsdp>(memory, GuestAcpiTables.RsdpAddress).XsdtAddress;
        for (int offset = Unsafe.SizeOf<AcpiTableHeader>(); offset < Table(memory, xsdt).Length; offset += sizeof(ulong))
        {
            ulong table = At<ulong>(memory, xsdt + (ulong)offset);
            if (Encoding.ASCII.GetString(memory, (int)table, 4) == signature) return table;
        }
        throw new InvalidOperationException(signature + " is not in the XSDT");
    }

    [Fact]
    public void Structures_have_the_sizes_of_the_specification()
    {
        Unsafe.SizeOf<AcpiTableHeader>().Should().Be(36);
        (Unsafe.SizeOf<AcpiTableHeader>() + Unsafe.SizeOf<AcpiFadt>()).Should().Be(276);
        Unsafe.SizeOf<AcpiRsdp>().Should().Be(36);
        Unsafe.SizeOf<GenericAddress>().Should().Be(12);
        (Unsafe.SizeOf<AcpiTableHeader>() + Unsafe.SizeOf<AcpiMcfg>()).Should().Be(60);
        Unsafe.SizeOf<AcpiXsdt>().Should().Be(3 * sizeof(ulong));
        Unsafe.SizeOf<MadtHeader>().Should().Be(8);
        Unsafe.SizeOf<MadtLocalApic>().Should().Be(8);
        Unsafe.SizeOf<MadtIoApic>().Should().Be(12);
        Unsafe.SizeOf<MadtInterruptOverride>().Should().Be(10);
        Unsafe.SizeOf<MadtLocalApicNmi>().Should().Be(6);
        Unsafe.SizeOf<MadtLocalX2Apic>().Should().Be(16);
        Unsafe.SizeOf<MadtLocalX2ApicNmi>().Should().Be(12);
        ((int)Marshal.OffsetOf<AcpiTableHeader>(nameof(AcpiTableHeader.Checksum))).Should().Be(GuestAcpiTables.ChecksumOffset);
    }

    [Theory]
    [InlineData(nameof(AcpiFadt.SciInt), 46)]
    [InlineData(nameof(AcpiFadt.Pm1aEvtBlk), 56)]
    [InlineData(nameof(AcpiFadt.PmTmrBlk), 76)]
    [InlineData(nameof(AcpiFadt.Pm1EvtLen), 88)]
    [InlineData(nameof(AcpiFadt.PLvl2Lat), 96)]
    [InlineData(nameof(AcpiFadt.Century), 108)]
    [InlineData(nameof(AcpiFadt.IaPcBootArch), 109)]
    [InlineData(nameof(AcpiFadt.Flags), 112)]
    [InlineData(nameof(AcpiFadt.ResetReg), 116)]
    [InlineData(nameof(AcpiFadt.ResetValue), 128)]
    [InlineData(nameof(AcpiFadt.MinorVersion), 131)]
    [InlineData(nameof(AcpiFadt.XFirmwareCtrl), 132)]
    [InlineData(nameof(AcpiFadt.XDsdt), 140)]
    [InlineData(nameof(AcpiFadt.XPm1aEvtBlk), 148)]
    [InlineData(nameof(AcpiFadt.XPm1aCntBlk), 172)]
    [InlineData(nameof(AcpiFadt.XPmTmrBlk), 208)]
    [InlineData(nameof(AcpiFadt.SleepControlReg), 244)]
    [InlineData(nameof(AcpiFadt.HypervisorVendorIdentity), 268)]
    public void Fields_of_the_FADT_lie_where_the_specification_says(string field, int offset) =>
        (Unsafe.SizeOf<AcpiTableHeader>() + (int)Marshal.OffsetOf<AcpiFadt>(field)).Should().Be(offset);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(64)]
    [InlineData(300)]
    public void Every_table_is_found_and_its_sum_is_zero(int vcpus)
    {
        byte[] memory = Write(vcpus);
        var rsdp = At<AcpiRsdp>(memory, GuestAcpiTables.RsdpAddress);
        Encoding.ASCII.GetString(memory, (int)GuestAcpiTables.RsdpAddress, 8).Should().Be("RSD PTR ");
        Sum(memory.AsSpan((int)GuestAcpiTables.RsdpAddress, 20)).Should().Be(0);
        Sum(memory.AsSpan((int)GuestAcpiTables.RsdpAddress, 36)).Should().Be(0);
        Sum(Table(memory, rsdp.XsdtAddress)).Should().Be(0);
        Sum(Table(memory, Find(memory, "FACP"))).Should().Be(0);
        Sum(Table(memory, Find(memory, "APIC"))).Should().Be(0);
        Sum(Table(memory, Find(memory, "MCFG"))).Should().Be(0);

        var fadt = At<AcpiFadt>(memory, Find(memory, "FACP") + (ulong)Unsafe.SizeOf<AcpiTableHeader>());
        Sum(Table(memory, fadt.XDsdt)).Should().Be(0);
        Encoding.ASCII.GetString(memory, (int)fadt.Dsdt, 4).Should().Be("DSDT");
        Encoding.ASCII.GetString(memory, (int)fadt.FirmwareCtrl, 4).Should().Be("FACS");
        (fadt.FirmwareCtrl % 64).Should().Be(0);
    }

    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(255, 255, 0)]
    [InlineData(257, 255, 2)]
    public void The_MADT_has_an_entry_for_each_processor(int vcpus, int local, int x2)
    {
        byte[] memory = Write(vcpus);
        var madt = Table(memory, Find(memory, "APIC"));
        int[] counts = new int[16];
        for (int offset = 44; offset < madt.Length; offset += madt[offset + 1]) counts[madt[offset]]++;
        counts[0].Should().Be(local);
        counts[9].Should().Be(x2);
        counts[1].Should().Be(1);
        counts[2].Should().Be(2);
        counts[4].Should().Be(1);
        counts[10].Should().Be(x2 > 0 ? 1 : 0);
    }

    [Fact]
    public void Where_there_is_no_RAM_nothing_is_written()
    {
        using var small = new TestMachine(memory: 0xE_0000);
        new GuestPlatform(small.Machine, new NoSink(), 0).TryWriteAcpiTables().Should().BeFalse();
    }

    [Fact]
    public void A_DSDT_of_too_many_processors_is_refused()
    {
        GuestAcpiTables.Build(100_000, 0).Should().BeNull();
    }

    private sealed class NoSink : ByteSink
    {
        public override void Write(byte value) { }
    }

    [Fact]
    public void The_DSDT_begins_with_the_sleep_state()
    {
        byte[] memory = Write(vcpus: 2);
        var fadt = At<AcpiFadt>(memory, Find(memory, "FACP") + (ulong)Unsafe.SizeOf<AcpiTableHeader>());
        var dsdt = Table(memory, fadt.XDsdt);
        dsdt.Slice(36, 15).ToArray().Should().Equal(0x08, (byte)'\\', (byte)'_', (byte)'S', (byte)'5', (byte)'_', 0x12, 0x08, 0x04, 0x0A, 5, 0x0A, 5, 0, 0);
    }
}
