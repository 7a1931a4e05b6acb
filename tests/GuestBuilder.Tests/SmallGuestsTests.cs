using System;
using System.IO;
using System.Linq;

namespace Lamina.GuestBuilder.Tests;

/// <summary>The test guests on the bare emulator: what they say about Lamina is worth something once they pass here.</summary>
public class SmallGuestsTests
{
    public static TheoryData<string> Names =>
        [.. Directory.GetFiles(Path.Combine(Repository.Root, "tests", "guests"), "*.asm").Select(file => Path.GetFileNameWithoutExtension(file)).Order()];

    [Theory]
    [MemberData(nameof(Names))]
    public void PassesOnTheBareEmulator(string name)
    {
        string kernel = Path.Combine(SmallGuests.Build(Repository.Root, new Progress<string>()), name + ".bin");

        string[] lines = BareMachine.Run(kernel, initrd: null, commandLine: "", memoryMib: 32, countInstructions: true, TimeSpan.FromMinutes(1)).Split('\n');

        lines.Should().Contain($"guest {name}").And.NotContain(line => line.StartsWith("FAIL", StringComparison.Ordinal));
        lines.Last(line => line.Length != 0).Should().Be("done");
    }
}
