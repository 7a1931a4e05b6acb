using Lamina.Core;

namespace Lamina.Vmx.Tests;

/// <summary>Exit qualifications put together by hand from tables 28-3 to 28-7 (Intel SDM vol. 3).</summary>
public class QualificationTests
{
    [Fact]
    public void ControlRegisters()
    {
        var move = new ControlRegisterQualification(0xF18);
        move.ControlRegister.Should().Be(8);
        move.Access.Should().Be(ControlRegisterAccess.MoveFrom);
        move.GeneralRegister.Should().Be(15);
        new ControlRegisterQualification(0x403).Access.Should().Be(ControlRegisterAccess.MoveTo);
        new ControlRegisterQualification(0x20).Access.Should().Be(ControlRegisterAccess.Clts);

        var lmsw = new ControlRegisterQualification(0xBEEF_0070);
        lmsw.Access.Should().Be(ControlRegisterAccess.Lmsw);
        lmsw.IsLmswFromMemory.Should().BeTrue();
        lmsw.LmswSource.Should().Be(0xBEEF);
        new ControlRegisterQualification(0xBEEF_0030).IsLmswFromMemory.Should().BeFalse();
    }

    [Fact]
    public void DebugRegisters()
    {
        var read = new DebugRegisterQualification(0x917);
        (read.DebugRegister, read.IsRead, read.GeneralRegister).Should().Be(((byte)7, true, (byte)9));
        new DebugRegisterQualification(0x006).IsRead.Should().BeFalse();
    }

    [Theory]
    [InlineData(0x03F8_0000, 1, PortAccess.None)]
    [InlineData(0x03F8_0009, 2, PortAccess.In)]
    [InlineData(0x03F8_003B, 4, PortAccess.In | PortAccess.String | PortAccess.Repeat)]
    [InlineData(0x03F8_0011, 2, PortAccess.String)]
    [InlineData(0x03F8_0040, 1, PortAccess.None)]
    public void Ports(ulong value, byte size, PortAccess access)
    {
        var port = new PortQualification(value);
        (port.Port, port.Size, port.Access).Should().Be(((ushort)0x3F8, size, access));
    }

    [Fact]
    public void EptViolations() => ((EptViolationQualification)0x118A).Should().Be(EptViolationQualification.Write
        | EptViolationQualification.Readable | EptViolationQualification.LinearAddressValid | EptViolationQualification.FinalAddress
        | EptViolationQualification.UnblockedByIret);

    [Fact]
    public void ApicAccesses()
    {
        var access = new ApicAccessQualification(0x10B0);
        (access.Offset, access.Type).Should().Be(((ushort)0xB0, ApicAccessType.Write));
    }

    [Fact]
    public void ExitReasons()
    {
        var failed = new ExitReasonField(0x8000_0021);
        (failed.Reason, failed.IsEntryFailure).Should().Be((VmxExitReason.InvalidGuestState, true));
        var ordinary = new ExitReasonField(0x1000_0030);
        (ordinary.Reason, ordinary.IsEntryFailure).Should().Be((VmxExitReason.EptViolation, false));
    }

    [Fact]
    public void EptPointers()
    {
        new EptPointer(0x1234_5000, false).Value.Should().Be(0x1234_501E);
        var pointer = new EptPointer(0x1234_5000, true);
        pointer.Value.Should().Be(0x1234_505E);
        (pointer.Root, pointer.HasAccessedAndDirty, pointer.IsWellFormed).Should().Be((0x1234_5000UL, true, true));
        new EptPointer(0x1234_5016).IsWellFormed.Should().BeFalse();
        new EptPointer(0x1234_5018).IsWellFormed.Should().BeFalse();
        new EptPointer(0x1234_509E).IsWellFormed.Should().BeFalse();
    }
}
