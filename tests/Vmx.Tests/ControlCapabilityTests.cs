using FsCheck;
using FsCheck.Fluent;

namespace Lamina.Vmx.Tests;

public class ControlCapabilityTests
{
    [Fact]
    public void WhatIsChosenIsAccepted() => Prop.ForAll<ulong, uint, uint>((value, needed, wanted) =>
    {
        // No CPU demands what it does not allow.
        var capability = new ControlCapability(value | value << 32);
        bool possible = capability.TryChoose(needed, wanted, out uint chosen);
        capability.Accepts(chosen).Should().BeTrue();
        possible.Should().Be((needed & ~capability.Allowed) == 0);
        (chosen & needed).Should().Be(needed & capability.Allowed);
        (chosen & wanted).Should().Be(wanted & (capability.Allowed | needed & capability.Allowed));
        (chosen & ~(needed | wanted | capability.Required)).Should().Be(0, "nothing is set that nobody asked for");
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void FixedBitsAreAsked()
    {
        var capability = new ControlCapability(0x0000_00FF_0000_0016);
        capability.Accepts(0x16).Should().BeTrue();
        capability.Accepts(0x14).Should().BeFalse("bit 1 must be 1");
        capability.Accepts(0x116).Should().BeFalse("bit 8 must be 0");
        capability.Allows(0x81).Should().BeTrue();
        capability.Allows(0x101).Should().BeFalse();
        capability.TryChoose(0x100, 0x201, out uint chosen).Should().BeFalse();
        chosen.Should().Be(0x17);
    }
}
