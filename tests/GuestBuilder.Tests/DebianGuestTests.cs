using System;
using System.IO;

namespace Lamina.GuestBuilder.Tests;

/// <summary>Makes the real guest (it is cached, as for <c>run</c>) from this machine's Debian archive.</summary>
public class DebianGuestTests
{
    [Fact]
    public void IsWholeAndItsPvhKernelIsAnElf()
    {
        string directory = DebianGuest.Ensure(Repository.Root, new Progress<string>());

        File.Exists(Path.Combine(directory, DebianGuest.Manifest)).Should().BeTrue();
        File.ReadAllBytes(Path.Combine(directory, DebianGuest.Kernel)).AsSpan(0x202, 4).ToArray().Should().Equal("HdrS"u8.ToArray());
        File.ReadAllBytes(Path.Combine(directory, DebianGuest.PvhKernel)).AsSpan(0, 4).ToArray().Should().Equal("\u007fELF"u8.ToArray());
        File.ReadAllBytes(Path.Combine(directory, DebianGuest.Initrd)).AsSpan(0, 2).ToArray().Should().Equal(0x1F, 0x8B);
    }
}
