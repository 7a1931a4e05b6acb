using FsCheck;
using FsCheck.Fluent;

namespace Lamina.Host.Tests;

public class SleepTypesTests
{
    private static readonly byte[] Name = [0x08, .. "_S5_"u8];

    [Theory]
    [InlineData(new byte[] { 0x12, 0x06, 0x04, 0x00, 0x00, 0x00, 0x00 }, 0, 0)]                 // QEMU
    [InlineData(new byte[] { 0x12, 0x0A, 0x04, 0x0A, 0x07, 0x0A, 0x03, 0x00, 0x00 }, -1, -1)]   // longer than what follows
    [InlineData(new byte[] { 0x12, 0x08, 0x04, 0x0A, 0x07, 0x0A, 0x03, 0x00, 0x00 }, 7, 3)]
    [InlineData(new byte[] { 0x12, 0x05, 0x02, 0x01, 0x0A, 0x02 }, 1, 2)]
    [InlineData(new byte[] { 0x12, 0x07, 0x02, 0x0B, 0x05, 0x00, 0x0A, 0x02 }, 5, 2)]           // a word
    [InlineData(new byte[] { 0x12, 0x07, 0x01, 0x0C, 0x05, 0x04, 0x00, 0x00 }, 5, 4)]           // both in one double word
    [InlineData(new byte[] { 0x12, 0x46, 0x00, 0x02, 0x0A, 0x05, 0x0A }, -1, -1)]               // cut off
    [InlineData(new byte[] { 0x12, 0x47, 0x00, 0x02, 0x0A, 0x05, 0x0A, 0x02 }, 5, 2)]           // a length of two bytes
    [InlineData(new byte[] { 0x12, 0x06, 0x02, 0x0A, 0x08, 0x0A, 0x02 }, -1, -1)]               // not a sleep type
    [InlineData(new byte[] { 0x12, 0x05, 0x02, 0x70, 0x0A, 0x02 }, -1, -1)]                     // not a constant
    [InlineData(new byte[] { 0x11, 0x05, 0x02, 0x01, 0x0A, 0x02 }, -1, -1)]                     // not a package
    public void ThePackageIsReadOrRefused(byte[] package, int pm1a, int pm1b)
    {
        bool found = SleepTypes.TryFind([.. Name, .. package], out var types);
        found.Should().Be(pm1a >= 0);
        if (found)
            ((int)types.Pm1a, (int)types.Pm1b).Should().Be((pm1a, pm1b));
    }

    [Fact]
    public void TheNameMayBeAtTheRoot() =>
        SleepTypes.TryFind([0x08, (byte)'\\', .. "_S5_"u8, 0x12, 0x04, 0x02, 0x01, 0x01], out _).Should().BeTrue();

    [Fact]
    public void TheLettersAloneAreNoName() =>
        SleepTypes.TryFind([0x09, .. "_S5_"u8, 0x12, 0x04, 0x02, 0x01, 0x01], out _).Should().BeFalse();

    [Fact]
    public void AnyBytesAreReadWithoutAFault() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>(),
        noise =>
        {
            SleepTypes.TryFind(noise, out _);
            SleepTypes.TryFind([.. Name, .. noise], out _);
            return !SleepTypes.TryFind([.. Name, 0x12, .. noise], out var types) || (types.Pm1a <= 7 && types.Pm1b <= 7);
        }).QuickCheckThrowOnFailure();
}
