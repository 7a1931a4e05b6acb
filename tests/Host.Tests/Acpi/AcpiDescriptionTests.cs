using System;
using FsCheck;
using FsCheck.Fluent;

namespace Lamina.Host.Tests;

public class AcpiDescriptionTests
{
    // Name (_S5, Package (4) { 5, 6, 0, 0 })
    private static readonly byte[] SoftOff = [0x08, (byte)'_', (byte)'S', (byte)'5', (byte)'_', 0x12, 0x08, 0x04, 0x0A, 0x05, 0x0A, 0x06, 0x00, 0x00];

    private static byte[] Madt() => AcpiBuilder.Table(
        "APIC",
        [
            0x00, 0x00, 0xE0, 0xFE, 1, 0, 0, 0,
            0, 8, 0, 3, 1, 0, 0, 0,                     // a processor, APIC ID 3
            0, 8, 1, 4, 0, 0, 0, 0,                     // one that is not enabled
            1, 12, 9, 0, 0, 0, 0xC0, 0xFE, 0, 0, 0, 0,  // an I/O APIC
            9, 16, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, // a processor, x2APIC ID 256
            9, 16, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, // the first one again
            5, 12, 0, 0, 0, 0, 0xD0, 0xFE, 0, 0, 0, 0,  // the local APICs are elsewhere
        ]);

    private static FakePhysicalBytes Machine(bool extended)
    {
        var memory = new FakePhysicalBytes();
        memory.Add(0x1000, AcpiBuilder.Xsdt(0x2000, 0x3000, 0x5000, 0x6000, 0x7000));
        memory.Add(0x1800, AcpiBuilder.Rsdt(0x2000, 0x3000));
        memory.Add(0x2000, Madt());
        memory.Add(0x3000, AcpiBuilder.Fadt(0x4000, 0x604, extended ? 0x704u : 0, 0x608));
        memory.Add(0x4000, AcpiBuilder.Table("DSDT", [1, 2, 3, .. SoftOff, 9]));
        memory.Add(0x5000, AcpiBuilder.Table("HPET", [0, 0, 0, 0, 0, 64, 0, 0, 0x00, 0x00, 0xD0, 0xFE, 0, 0, 0, 0, 0, 0, 0, 0]));
        memory.Add(0x6000, AcpiBuilder.Table("MCFG", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xB0, 0, 0, 0, 0, 0, 0, 0, 255, 0, 0, 0, 0]));
        return memory;
    }

    [Fact]
    public void AllTablesAreRead()
    {
        var acpi = new AcpiDescription(AcpiBuilder.Pointer(2, 0x1800, 0x1000), Machine(true));
        acpi.IsPresent.Should().BeTrue();
        acpi.HpetAddress.Should().Be(0xFED0_0000);
        acpi.PciConfigurationAddress.Should().Be(0xB000_0000);
        acpi.Fixed.Pm1aControl.Address.Should().Be(0x604);
        acpi.Fixed.Pm1bControl.Address.Should().Be(0x704);
        acpi.Fixed.PmTimer.Address.Should().Be(0x608);
        acpi.Fixed.PmTimerIs32Bits.Should().BeTrue();
        acpi.Fixed.ResetRegister.Address.Should().Be(0xCF9);
        acpi.Fixed.ResetValue.Should().Be(0x0F);
        acpi.Fixed.SmiCommandPort.Should().Be(0xB2);
        acpi.Fixed.AcpiEnableValue.Should().Be(0xF1);
        acpi.HasSoftOff.Should().BeTrue();
        acpi.SoftOff.Pm1a.Should().Be(5);
        acpi.SoftOff.Pm1b.Should().Be(6);
        acpi.InterruptControllers!.ProcessorCount.Should().Be(2);
        acpi.InterruptControllers.ApicId(0).Should().Be(3);
        acpi.InterruptControllers.ApicId(1).Should().Be(256);
        acpi.InterruptControllers.LocalApicAddress.Should().Be(0xFED0_0000);
        acpi.InterruptControllers.HasLegacyControllers.Should().BeTrue();
    }

    [Fact]
    public void AnOldPointerLeadsToTheRsdt()
    {
        var acpi = new AcpiDescription(AcpiBuilder.Pointer(0, 0x1800, 0).AsSpan(0, AcpiRoot.OldPointerSize), Machine(false));
        acpi.IsPresent.Should().BeTrue();
        acpi.HpetAddress.Should().Be(0, "the RSDT does not name it");
        acpi.HasSoftOff.Should().BeTrue();
        acpi.Fixed.Pm1bControl.Exists.Should().BeFalse();
    }

    [Fact]
    public void ABrokenXsdtFallsBackToTheRsdt()
    {
        var acpi = new AcpiDescription(AcpiBuilder.Pointer(2, 0x1800, 0x9999_0000), Machine(false));
        acpi.HasFixedDescription.Should().BeTrue();
        acpi.HpetAddress.Should().Be(0);
    }

    [Fact]
    public void WithoutAPointerThereIsNothingAndNothingFails()
    {
        var acpi = new AcpiDescription(default, Machine(false));
        acpi.IsPresent.Should().BeFalse();
        acpi.HasSoftOff.Should().BeFalse();
        acpi.InterruptControllers.Should().BeNull();
        acpi.Fixed.PmTimer.Exists.Should().BeFalse();
    }

    [Fact]
    public void ATableWithAWrongChecksumIsNotThere()
    {
        var memory = Machine(false);
        byte[] broken = AcpiBuilder.Table("SSDT", SoftOff);
        broken[^1] ^= 1;
        memory.Add(0x8000, broken);
        AcpiTable.TryOpen(memory, 0x8000, out _).Should().BeFalse();
        broken[^1] ^= 1;
        AcpiTable.TryOpen(memory, 0x8000, out _).Should().BeTrue();
    }

    [Fact]
    public void TheBiosAreasAreScanned()
    {
        var memory = new FakePhysicalBytes();
        byte[] rom = memory.Add(0xE0000, new byte[128 << 10]);
        AcpiRoot.TryScanBios(memory, out _).Should().BeFalse();
        AcpiBuilder.Pointer(2, 1, 2).CopyTo(rom, 0x7FF0);
        AcpiRoot.TryScanBios(memory, out var found).Should().BeTrue();
        found.Length.Should().Be(AcpiRoot.PointerSize);

        memory.Add(0x40E, [0x00, 0x90]);
        byte[] area = memory.Add(0x90000, new byte[1 << 10]);
        AcpiBuilder.Pointer(0, 77, 0).CopyTo(area, 16);
        AcpiRoot.TryScanBios(memory, out found).Should().BeTrue();
        found[16].Should().Be(77, "the extended BIOS data area comes first");
    }

    [Fact]
    public void SoftOffInAnSsdtIsFoundToo()
    {
        var memory = new FakePhysicalBytes();
        memory.Add(0x1000, AcpiBuilder.Xsdt(0x3000, 0x5000));
        memory.Add(0x3000, AcpiBuilder.Fadt(0x4000, 0x604, 0, 0x608));
        memory.Add(0x4000, AcpiBuilder.Table("DSDT", 1, 2, 3));
        memory.Add(0x5000, AcpiBuilder.Table("SSDT", SoftOff));
        new AcpiDescription(AcpiBuilder.Pointer(2, 0, 0x1000), memory).SoftOff.Pm1a.Should().Be(5);
    }

    [Fact]
    public void AnyDamageIsReadWithoutAFault()
    {
        var damage = from table in Gen.Elements(0x1000UL, 0x1800UL, 0x2000UL, 0x3000UL, 0x4000UL, 0x5000UL, 0x6000UL)
                     from at in Gen.Choose(0, 300)
                     from value in Gen.Choose(0, 255)
                     select (table, at, (byte)value);
        Prop.ForAll(damage.ArrayOf().ToArbitrary(), Gen.Elements(true, false).ToArbitrary(), (all, seal) =>
        {
            var memory = Machine(true);
            foreach (var (table, at, value) in all)
            {
                byte[] bytes = memory.Piece(table);
                bytes[at % bytes.Length] = value;
                if (seal)
                    AcpiBuilder.Seal(bytes, 9);
            }

            _ = new AcpiDescription(AcpiBuilder.Pointer(2, 0x1800, 0x1000), memory);
        }).QuickCheckThrowOnFailure();
    }
}
