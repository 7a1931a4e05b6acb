using System;
using System.IO;
using System.IO.Compression;

namespace Lamina.GuestBuilder.Tests;

public class BzImageTests
{
    private static readonly byte[] Elf = [0x7F, (byte)'E', (byte)'L', (byte)'F', 1, 2, 3, 4];

    [Fact]
    public void TakesOutThePayload() => BzImage.ExtractElf(Image(Elf.Length)).Should().Equal(Elf);

    [Fact]
    public void RefusesAWrongUnpackedSize() =>
        FluentActions.Invoking(() => BzImage.ExtractElf(Image(Elf.Length + 1))).Should().Throw<GuestBuildException>().WithMessage("*unpacked to 8*9*");

    [Fact]
    public void RefusesWhatIsNoKernel() =>
        FluentActions.Invoking(() => BzImage.ExtractElf(new byte[4096])).Should().Throw<GuestBuildException>().WithMessage("*HdrS*");

    [Fact]
    public void RefusesAPayloadOutsideTheFile()
    {
        byte[] image = Image(Elf.Length);
        BitConverter.TryWriteBytes(image.AsSpan(0x24C), 0xFFFF_FFFFu);
        FluentActions.Invoking(() => BzImage.ExtractElf(image)).Should().Throw<GuestBuildException>().WithMessage("*not inside the file*");
    }

    private static byte[] Image(int unpackedSize)
    {
        const int Setup = 2 * 512;
        const int Gap = 16;
        using var payload = new MemoryStream();
        using (var gzip = new GZipStream(payload, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(Elf);
        payload.Write(BitConverter.GetBytes(unpackedSize));
        byte[] image = new byte[Setup + Gap + payload.Length];
        image[0x1F1] = 1;
        "HdrS"u8.CopyTo(image.AsSpan(0x202));
        BitConverter.TryWriteBytes(image.AsSpan(0x206), (ushort)0x020F);
        BitConverter.TryWriteBytes(image.AsSpan(0x248), (uint)Gap);
        BitConverter.TryWriteBytes(image.AsSpan(0x24C), (uint)payload.Length);
        payload.ToArray().CopyTo(image, Setup + Gap);
        return image;
    }
}
