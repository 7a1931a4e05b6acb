using System;
using System.Linq;

namespace Lamina.Host.Tests;

public unsafe class ScreenTests
{
    [Fact]
    public void AFramebufferThatCannotBeOneIsNone()
    {
        new Framebuffer(0x1000, 640, 480, 2560, PixelFormat.BlueGreenRed).Format.Should().Be(PixelFormat.BlueGreenRed);
        new Framebuffer(0, 640, 480, 2560, PixelFormat.BlueGreenRed).Format.Should().Be(PixelFormat.None);
        new Framebuffer(0x1000, 640, 480, 2559, PixelFormat.BlueGreenRed).Format.Should().Be(PixelFormat.None, "lines overlap");
        new Framebuffer(0x1000, 0, 480, 2560, PixelFormat.BlueGreenRed).Format.Should().Be(PixelFormat.None);
        new Framebuffer(0x1000, uint.MaxValue, 480, uint.MaxValue, PixelFormat.BlueGreenRed).Format.Should().Be(PixelFormat.None);
        new Framebuffer(ulong.MaxValue - 100, 640, 480, 2560, PixelFormat.BlueGreenRed).Format.Should().Be(PixelFormat.None);
    }

    [Fact]
    public void EveryCharacterButTheSpaceIsDrawnAndLooksLikeNoOther()
    {
        string Picture(byte c) => string.Join(',', Enumerable.Range(0, ScreenFont.CellHeight).Select(y => ScreenFont.Row(c, y)));
        var pictures = Enumerable.Range(ScreenFont.First, ScreenFont.Last - ScreenFont.First + 1).Select(c => Picture((byte)c)).ToArray();
        pictures.Distinct().Count().Should().Be(pictures.Length);
        pictures[0].Should().Be(Picture(0x1F), "a space, and what there is no picture for, are empty");
        Enumerable.Range(ScreenFont.First, 95).SelectMany(c => Enumerable.Range(0, 16).Select(y => ScreenFont.Row((byte)c, y)))
            .Should().OnlyContain(row => row < 1 << ScreenFont.CellWidth);
    }

    [Fact]
    public void TextGoesOnAtTheTopAndTheNextLineIsEmpty()
    {
        ushort[] memory = new ushort[80 * 25];
        fixed (ushort* first = memory)
        {
            var screen = new ScreenConsole((byte*)first, Framebuffer.VgaText);
            for (int i = 0; i < 26; i++)
                screen.Write(System.Text.Encoding.ASCII.GetBytes($"line {i}\n"));
        }

        string Row(int row) => new string(memory.Skip(row * 80).Take(80).Select(cell => (char)(cell & 0xFF)).ToArray()).TrimEnd();
        Row(0).Should().Be("line 25");
        Row(1).Should().BeEmpty();
        Row(2).Should().BeEmpty();
        Row(3).Should().Be("line 3");
        Row(24).Should().Be("line 24");
    }

    [Fact]
    public void ALongLineGoesOnInTheNextAndNothingIsDrawnOutside()
    {
        const int width = 40, height = 40, pitch = 200, guard = 64;
        byte[] memory = new byte[guard + (pitch * height) + guard];
        memory.AsSpan().Fill(0xEE);
        fixed (byte* first = memory)
        {
            var screen = new ScreenConsole(first + guard, new Framebuffer(1, width, height, pitch, PixelFormat.BlueGreenRed));
            screen.Write("\u001b"u8);
            for (int i = 0; i < 100; i++)
                screen.Write("ABCDEFG"u8);
        }

        memory.Take(guard).Concat(memory.Skip(guard + (pitch * height))).Should().OnlyContain(value => value == 0xEE);
        memory.Skip(guard + (32 * pitch)).Take(width * 4).Should().OnlyContain(value => value == 0, "there is no room for a third line");
        memory.Skip(guard + (width * 4)).Take(pitch - (width * 4)).Should().OnlyContain(value => value == 0xEE, "that is between the lines");
    }
}
