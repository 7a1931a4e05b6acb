using System.Linq;
using FsCheck;
using FsCheck.Fluent;

namespace Lamina.Core.Tests.Interrupts;

public sealed class InterruptBitmapTests
{
    [Fact]
    public void AnEmptyMapHasNoHighestVector() => default(InterruptBitmap).Highest.Should().Be(InterruptBitmap.None);

    [Fact]
    public void ItIsASetOfVectors() => Prop.ForAll<byte[], byte[]>((set, cleared) =>
    {
        InterruptBitmap map = default;
        foreach (byte vector in set) map[vector] = true;
        foreach (byte vector in cleared) map[vector] = false;
        var expected = set.Except(cleared).ToHashSet();

        map.Highest.Should().Be(expected.Count == 0 ? InterruptBitmap.None : expected.Max());
        for (int vector = 0; vector < 256; vector++)
        {
            map[(byte)vector].Should().Be(expected.Contains((byte)vector));
            (map.Register(vector / 32) >> vector % 32 & 1).Should().Be(expected.Contains((byte)vector) ? 1u : 0);
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void BitsThatHardwareSetAreFoundWhenTheCountIsForgotten()
    {
        VirtualApicPage page = default;
        page[LocalApicRegister.InterruptRequest + 7] = 1 << 4;
        page.InterruptRequest.Highest.Should().Be(InterruptBitmap.None);
        page.InterruptRequest.ForgetCount();
        page.InterruptRequest.Highest.Should().Be(0xE4);
        page.InterruptRequest[0xE4] = false;
        page.InterruptRequest.Highest.Should().Be(InterruptBitmap.None);
    }
}
