using FsCheck;
using FsCheck.Fluent;
using Lamina.Core;

namespace Lamina.Vmx.Tests;

public class EventInformationTests
{
    [Fact]
    public void EventsAreThoseOfTheManual()
    {
        EventInformation.From(default).Value.Should().Be(0);
        EventInformation.From(VcpuEvent.Interrupt(0x30)).Value.Should().Be(0x8000_0030);
        EventInformation.From(VcpuEvent.Nmi()).Value.Should().Be(0x8000_0202);
        EventInformation.From(VcpuEvent.Exception(ExceptionVector.InvalidOpcode)).Value.Should().Be(0x8000_0306);
        EventInformation.From(VcpuEvent.Exception(ExceptionVector.PageFault, 5)).Value.Should().Be(0x8000_0B0E);
        EventInformation.From(VcpuEvent.Exception(ExceptionVector.PageFault, 5)).WithoutErrorCode().Value.Should().Be(0x8000_030E);
        new EventInformation(0x8000_1B0E).UnblockedByIret.Should().BeTrue();
        new EventInformation(0x8000_0B0E).UnblockedByIret.Should().BeFalse();
    }

    [Theory]
    [InlineData(EventType.SoftwareInterrupt, 0x80)]
    [InlineData(EventType.PrivilegedSoftwareException, 1)]
    [InlineData(EventType.SoftwareException, 3)]
    [InlineData(EventType.SoftwareException, 4)]
    public void WhatAnInstructionRaisedIsRunAgain(EventType type, byte vector)
    {
        var @event = new EventInformation(1u << 31 | (uint)type << 8 | vector).ToEvent(0);
        @event.IsValid.Should().BeTrue();
        @event.Kind.Should().Be(EventKind.SoftwareInterrupt);
        @event.Vector.Should().Be(vector);
    }

    [Fact]
    public void EventsComeBack() => Prop.ForAll<byte, uint, int>((vector, errorCode, kind) =>
    {
        var @event = (kind % 3) switch
        {
            0 => VcpuEvent.Interrupt(vector),
            1 => VcpuEvent.Exception((ExceptionVector)(vector & 31)),
            _ => VcpuEvent.Exception((ExceptionVector)(vector & 31), errorCode),
        };
        EventInformation.From(@event).ToEvent(errorCode).Should().Be(@event);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void NothingIsMadeOfAFieldThatIsNotValid() => Prop.ForAll<uint>(value =>
        new EventInformation(value & ~(1u << 31)).ToEvent(0).IsValid.Should().BeFalse()).QuickCheckThrowOnFailure();
}
