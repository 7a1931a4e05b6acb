using FsCheck;
using FsCheck.Fluent;
using Lamina.Core;

namespace Lamina.Vmx.Tests;

public class SegmentAccessRightsTests
{
    [Fact]
    public void RightsAreThoseOfTheManual()
    {
        const SegmentAttributes code = SegmentAttributes.Present | SegmentAttributes.CodeOrData | SegmentAttributes.Code
            | SegmentAttributes.ReadableOrWritable | SegmentAttributes.Accessed;
        SegmentAccessRights.FromAttributes(code | SegmentAttributes.Long | SegmentAttributes.Granularity).Value.Should().Be(0xA09B);
        SegmentAccessRights.FromAttributes(code | SegmentAttributes.Default32 | SegmentAttributes.Available).Value.Should().Be(0x509B);
        SegmentAccessRights.FromAttributes(SegmentAttributes.Present | SegmentAttributes.TypeTaskState).Value.Should().Be(0x8B);
        SegmentAccessRights.FromAttributes(SegmentAttributes.None).Value.Should().Be(0x1_0000);
        SegmentAccessRights.FromAttributes(SegmentAttributes.PrivilegeMask).Value.Should().Be(0x1_0060, "CPL 3 survives a null SS");
    }

    [Fact]
    public void AttributesComeBack() => Prop.ForAll<ushort>(bits =>
    {
        var attributes = (SegmentAttributes)(bits & 0xFFF);
        var rights = SegmentAccessRights.FromAttributes(attributes);
        rights.ToAttributes().Should().Be(attributes);
        rights.IsUnusable.Should().Be((attributes & SegmentAttributes.Present) == 0);
        rights.HasReserved.Should().BeFalse();
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void AnUnusableSegmentIsNotPresent() => Prop.ForAll<uint>(value =>
        ((value & 1 << 16) == 0 || (new SegmentAccessRights(value).ToAttributes() & SegmentAttributes.Present) == 0).Should().BeTrue())
        .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0x0_0100)]
    [InlineData(0x0_0800)]
    [InlineData(0x2_0000)]
    public void ReservedBitsAreSeen(uint bit) => new SegmentAccessRights(0xA09B | bit).HasReserved.Should().BeTrue();
}
