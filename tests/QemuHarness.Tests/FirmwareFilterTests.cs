using System.Linq;

namespace Lamina.QemuHarness.Tests;

public class FirmwareFilterTests
{
    [Theory]
    [InlineData("BdsDxe: starting\r\n[lamina] up\r\nvm| x", "[firmware] BdsDxe: starting\n[lamina] up\r\nvm| x")]
    [InlineData("\u001b[2J\u001b[01;01H\u001b[=3h\r\n\r\nBIOS\r\n", "[firmware] BIOS\n")]
    [InlineData("partial[lamina] up", "[firmware] partial\n[lamina] up")]
    [InlineData("[lam\n[[lamina] up", "[firmware] [lam\n[firmware] [\n[lamina] up")]
    [InlineData("[lamina", "[firmware] [lamina")]
    [InlineData("[lamina] \u001b[31m", "[lamina] \u001b[31m")]
    public void Firmware_is_marked_and_the_hypervisor_left_alone(string printed, string shown)
    {
        var whole = new FirmwareFilter();
        (whole.Filter(printed) + whole.Flush()).Should().Be(shown);
        var byLetter = new FirmwareFilter();
        (string.Concat(printed.Select(letter => byLetter.Filter([letter]))) + byLetter.Flush()).Should().Be(shown);
    }
}
