using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Lamina.Host.Tests;

public class BootParametersTests
{
    private static BootParameters Parse(string text, bool startsWithFileName = false) => new(Encoding.ASCII.GetBytes(text), startsWithFileName);

    private static string Ascii(System.ReadOnlySpan<byte> text) => Encoding.ASCII.GetString(text);

    [Fact]
    public void NothingSaidMeansAPlainPc()
    {
        var parameters = Parse("");
        parameters.LogLevel.Should().Be(LogLevel.Info);
        parameters.SerialPort.Should().Be(0x3F8);
        parameters.DebugExitPort.Should().Be(0, "an emulator's port is touched only when it is named");
        parameters.HasBochsShutdown.Should().BeFalse();
        parameters.OffersInterrupts.Should().BeFalse();
        parameters.UsesVirtualInterrupts.Should().BeTrue();
        parameters.Console.Length.Should().Be(0);
    }

    [Fact]
    public void EveryWordIsTaken()
    {
        var parameters = Parse("log=debug\r\n# a remark=1\nserial=0x2f8\tdebug-exit=244 bochs-shutdown=1 offer-interrupts=1 virtual-interrupts=0 one-cpu=1 smt=1 console=hello,bare test=null");
        parameters.LogLevel.Should().Be(LogLevel.Debug);
        parameters.SerialPort.Should().Be(0x2F8);
        parameters.DebugExitPort.Should().Be(0xF4);
        parameters.HasBochsShutdown.Should().BeTrue();
        parameters.OffersInterrupts.Should().BeTrue();
        parameters.UsesVirtualInterrupts.Should().BeFalse();
        parameters.UsesOneCpu.Should().BeTrue();
        parameters.UsesAllThreads.Should().BeTrue();
        Ascii(parameters.Console).Should().Be("hello");
        parameters.ConsoleIsBare.Should().BeTrue();
        Ascii(parameters.Test).Should().Be("null");
        parameters.UnknownWordCount.Should().Be(0);
    }

    [Theory]
    [InlineData("logg=debug")]
    [InlineData("log=loud")]
    [InlineData("serial=0x10000")]
    [InlineData("serial=")]
    [InlineData("serial=0x")]
    [InlineData("debug-exit=0")]
    [InlineData("debug-exit=f4")]
    [InlineData("quiet")]
    public void WhatCannotBeUsedIsKeptForAWarning(string word)
    {
        var parameters = Parse("log=error " + word);
        parameters.UnknownWordCount.Should().Be(1);
        Ascii(parameters.UnknownWord(0)).Should().Be(word);
        parameters.LogLevel.Should().Be(LogLevel.Error);
        parameters.SerialPort.Should().Be(0x3F8);
        parameters.DebugExitPort.Should().Be(0);
    }

    [Fact]
    public void TheImagesOwnFileNameIsNotWarnedOf()
    {
        Parse("out/lamina.efi log=debug", true).UnknownWordCount.Should().Be(0);
        Parse("out/lamina.efi log=debug", false).UnknownWordCount.Should().Be(1);
        Parse("log=debug out/lamina.efi", true).UnknownWordCount.Should().Be(1);
    }

    [Fact]
    public void ASerialPortCanBeRefused() => Parse("serial=none").SerialPort.Should().Be(0);

    [Fact]
    public void AnyBytesAreReadWithoutAFault() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>(),
        Gen.Elements("log=", "serial=", "debug-exit=0x", "console=", "#", "test=").ListOf().ToArbitrary(),
        (noise, words) =>
        {
            var parameters = new BootParameters([.. Encoding.ASCII.GetBytes(string.Join(' ', words)), .. noise], true);
            for (int i = 0; i < parameters.UnknownWordCount; i++)
                _ = parameters.UnknownWord(i).Length;
            return parameters.Console.Length >= 0 && parameters.UnknownWordCount <= 8;
        }).QuickCheckThrowOnFailure();
}
