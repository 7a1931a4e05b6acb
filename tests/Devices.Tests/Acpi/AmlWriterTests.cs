using System;

namespace Lamina.Devices.Tests.Acpi;

public class AmlWriterTests
{
    private delegate void Writes(ref AmlWriter aml);

    private static byte[] Write(Writes writes)
    {
        var buffer = new byte[1 << 21];
        var aml = new AmlWriter(buffer);
        writes(ref aml);
        return buffer[..aml.Length];
    }

    [Theory]
    [InlineData(0u, "00")]
    [InlineData(1u, "01")]
    [InlineData(2u, "0A02")]
    [InlineData(0x1234u, "0B3412")]
    [InlineData(0x12345678u, "0C78563412")]
    public void Integers_have_their_shortest_form(uint value, string expected) =>
        Convert.ToHexString(Write((ref AmlWriter aml) => aml.Integer(value))).Should().Be(expected);

    [Fact]
    public void An_EISA_ID_is_packed_as_the_specification_says() =>
        Convert.ToHexString(Write((ref AmlWriter aml) => aml.NamedEisaId("_HID"u8, "PNP0A03"u8))).Should().Be("085F4849440C41D00A03");

    [Fact]
    public void Names_are_padded_and_may_begin_at_the_root() =>
        Convert.ToHexString(Write((ref AmlWriter aml) => aml.NamedInteger("\\A"u8, 0))).Should().Be("085C415F5F5F00");

    [Theory]
    [InlineData(0, 1)]
    [InlineData(58, 1)] // 4 of the name and 1 of itself: 63
    [InlineData(59, 2)]
    [InlineData(4089, 2)]
    [InlineData(4090, 3)]
    [InlineData(1_048_568, 3)]
    [InlineData(1_048_569, 4)]
    public void A_package_length_counts_itself_and_is_as_short_as_can_be(int zeros, int lengthBytes)
    {
        byte[] bytes = Write((ref AmlWriter aml) =>
        {
            int scope = aml.BeginScope("ABCD"u8);
            for (int i = 0; i < zeros; i++) aml.Integer(0);
            aml.End(scope);
        });
        bytes.Should().HaveCount(1 + lengthBytes + 4 + zeros);
        (bytes[1] >> 6).Should().Be(lengthBytes - 1);
        int length = lengthBytes == 1 ? bytes[1] : bytes[1] & 0xF;
        for (int i = 1; i < lengthBytes; i++) length |= bytes[1 + i] << (4 + 8 * (i - 1));
        length.Should().Be(bytes.Length - 1);
    }

    [Fact]
    public void A_serial_ports_resources_are_as_an_assembler_would_write_them() =>
        Convert.ToHexString(Write((ref AmlWriter aml) =>
        {
            int resources = aml.BeginResources("_CRS"u8);
            aml.Io(0x3F8, 8);
            aml.Irq(4);
            aml.EndResources(resources);
        })).Should().Be("085F4352531111" + "0B0D00" + "4701F803F8030108" + "221000" + "7900");

    [Fact]
    public void Windows_are_fixed_producers() =>
        Convert.ToHexString(Write((ref AmlWriter aml) =>
        {
            int resources = aml.BeginResources("_CRS"u8);
            aml.BusNumbers(0, 0);
            aml.IoWindow(0xC000, 0xCFFF);
            aml.MemoryWindow(0xC000_0000, 0xFEBF_FFFF);
            aml.EndResources(resources);
        })).Should().Be("085F4352531141040B3C00" + "880D00020C000000" + "0000" + "0000" + "0000" + "0100"
            + "880D00010C030000" + "00C0" + "FFCF" + "0000" + "0010" + "871700000C01" + "00000000" + "000000C0" + "FFFFBFFE" + "00000000" + "0000C03E" + "7900");
}
