using System;
using System.Linq;
using System.Text;
using Lamina.Host;

namespace Lamina.ImageBuilder.Tests;

/// <summary>The section .names: what is written is found again.</summary>
public class FunctionNameTests
{
    private static readonly byte[] Section = FunctionNameTable.Write(
    [
        new LinkSymbol("Boot_Lamina_Boot_Entry__Start", 1, 0x2000, "managed.obj"),
        new LinkSymbol("BlockMove", 1, 0x1000, "blocks.obj"),
        new LinkSymbol("Runtime_Freestanding_System_Math__BigMul_1", 1, 0x2040, "managed.obj"),
    ]);

    [Theory]
    [InlineData(0x0FFF, null, 0)]
    [InlineData(0x1000, "BlockMove", 0)]
    [InlineData(0x1FFF, "BlockMove", 0xFFF)]
    [InlineData(0x2000, "Lamina.Boot.Entry.Start", 0)]
    [InlineData(0x203F, "Lamina.Boot.Entry.Start", 0x3F)]
    [InlineData(0x2040, "System.Math.BigMul_1", 0)]
    [InlineData(0xFFFFFFFF, "System.Math.BigMul_1", 0xFFFFFFFF - 0x2040)]
    public void An_address_has_its_functions_name(uint rva, string? expected, uint expectedOffset)
    {
        var names = new FunctionNames(Section);
        names.Count.Should().Be(3);
        names.TryFind(rva, out ReadOnlySpan<byte> name, out uint offset).Should().Be(expected != null);
        Encoding.UTF8.GetString(name).Should().Be(expected ?? "");
        offset.Should().Be(expectedOffset);
    }

    [Fact]
    public void A_section_that_is_cut_or_spoiled_is_read_without_a_fault()
    {
        for (int length = 0; length <= Section.Length; length++)
            new FunctionNames(Section.AsSpan(0, length)).TryFind(0x2041, out _, out _).Should().Be(length == Section.Length);

        for (int i = 0; i < Section.Length; i++)
        {
            byte[] spoiled = Section.ToArray();
            spoiled[i] ^= 0xFF;
            foreach (uint rva in (uint[])[0, 0x1000, 0x2041, uint.MaxValue])
                _ = new FunctionNames(spoiled).TryFind(rva, out _, out _);
        }
    }
}
