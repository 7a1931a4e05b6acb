using System.IO;
using System.Text;
using Lamina.GuestBuilder;

namespace Lamina.GuestBuilder.Tests;

public class CpioWriterTests
{
    [Fact]
    public void WritesEntriesAsTheFormatSays()
    {
        string text = Encoding.ASCII.GetString(Archive());

        // ino, mode, uid, gid, nlink, mtime, filesize, device numbers, namesize, check; then the name, each part padded to 4 bytes.
        const string Directory = "070701" + "00000001" + "000041ed" + "00000000" + "00000000" + "00000002" + "00000000" + "00000000"
            + "00000000" + "00000000" + "00000000" + "00000000" + "00000004" + "00000000" + "bin\0\0\0";
        const string File = "070701" + "00000002" + "000081ed" + "00000000" + "00000000" + "00000001" + "00000000" + "00000005"
            + "00000000" + "00000000" + "00000000" + "00000000" + "00000008" + "00000000" + "bin/run\0\0\0" + "hello\0\0\0";
        text.Should().StartWith(Directory + File + "070701");
        text.Should().Contain("TRAILER!!!\0");
        (text.Length % 4).Should().Be(0);
    }

    [Fact]
    public void GivesTheSameBytesAgain() => Archive().Should().Equal(Archive());

    private static byte[] Archive()
    {
        using var stream = new MemoryStream();
        var writer = new CpioWriter(stream);
        writer.AddDirectory("bin");
        writer.AddFile("bin/run", "hello"u8, executable: true);
        writer.Finish();
        return stream.ToArray();
    }
}
