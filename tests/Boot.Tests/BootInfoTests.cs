using System.Text;
using Lamina.Host;

namespace Lamina.Boot.Tests;

public class BootInfoTests
{
    [Fact]
    public void ParametersEndAtAZeroAndAreCutWhenTooLong()
    {
        var info = new BootInfo();
        info.SetParameters("a=b\0c"u8);
        Encoding.ASCII.GetString(info.Parameters).Should().Be("a=b");
        info.SetParameters(Encoding.ASCII.GetBytes(new string('x', 10000)));
        info.Parameters.Length.Should().Be(BootInfo.MaximumParameters);
    }

    [Fact]
    public void ThereAreOnlySoManyFiles()
    {
        var info = new BootInfo();
        for (int i = 0; i < BootInfo.MaximumFiles; i++)
            info.AddFile(new BootFile(0x1000, 1)).Should().BeTrue();
        info.AddFile(new BootFile(0x1000, 1)).Should().BeFalse();
    }

    [Fact]
    public void TheRootPointerIsACopy()
    {
        byte[] pointer = new byte[40];
        var info = new BootInfo();
        info.SetAcpiRootPointer(pointer);
        pointer[0] = 1;
        info.AcpiRootPointer.Length.Should().Be(AcpiRoot.PointerSize);
        info.AcpiRootPointer[0].Should().Be(0);
    }
}
