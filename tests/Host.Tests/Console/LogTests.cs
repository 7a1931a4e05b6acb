using System.Collections.Generic;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Lamina.Host.Tests;

public class LogTests
{
    private readonly ConsoleMultiplexer _console = new();

    private string Shown() => _console.Ring.TakeText();

    [Fact]
    public void LevelsAreSaidAndWhatIsLessIsLeftOut()
    {
        var log = new Log(_console);
        log.Debug("a").End();
        log.Info("b").End();
        log.Warning("c").End();
        log.Level = LogLevel.Error;
        log.Warning("d").End();
        log.Error("e").End();
        Shown().Should().Be("[lamina] b\n[lamina] warning: c\n[lamina] error: e\n");
    }

    [Fact]
    public void NumbersAndOutsideTextAreSafe()
    {
        new Log(_console).Info("n=").Decimal(ulong.MaxValue).Text(" h=").Hex(0xAB, 4).Text(" t=").Text([27, 10, (byte)'x']).End();
        Shown().Should().Be("[lamina] n=18446744073709551615 h=0x00AB t=??x\n");
    }

    [Fact]
    public void ALineTooLongIsCut()
    {
        new Log(_console).Info(new string('x', 1000)).Decimal(5).Hex(6).End();
        Shown().Length.Should().Be("[lamina] ".Length + LogLine.Capacity + 1);
    }

    [Fact]
    public void NumbersAreAsDotNetWritesThem() => Prop.ForAll(
        ArbMap.Default.ArbFor<ulong>(),
        Gen.Choose(1, 16).ToArbitrary(),
        (value, digits) =>
        {
            byte[] text = new byte[20];
            string number = Encoding.ASCII.GetString(text, 0, TextFormat.Decimal(value, text));
            string hexadecimal = Encoding.ASCII.GetString(text, 0, TextFormat.Hexadecimal(value, digits, text));
            return number == value.ToString() && hexadecimal == value.ToString("X" + digits);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void TheRingGivesWhatItTook()
    {
        var ring = new ByteRing(8);
        ring.TryWrite([1, 2, 3, 4, 5, 6]).Should().BeTrue();
        ring.TryWrite([7, 8, 9]).Should().BeFalse("only two fit");
        ring.TryRead(out byte first).Should().BeTrue();
        first.Should().Be(1);
        ring.TryWrite([7, 8, 9]).Should().BeTrue();
        ring.Room.Should().Be(0);
        ring.TryWrite(1).Should().BeFalse();
        for (byte i = 2; i <= 9; i++)
        {
            ring.TryRead(out byte value).Should().BeTrue();
            value.Should().Be(i);
        }

        ring.TryRead(out _).Should().BeFalse();
    }
}
