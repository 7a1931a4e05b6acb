using System;
using System.Linq;

namespace Lamina.Vmx.Tests;

/// <summary>Encodings follow a rule of their own (Intel SDM vol. 3, 25.11.2, table 25-22), so that a wrong digit in any of them is found.</summary>
public class VmcsFieldTests
{
    private const uint Width16 = 0, Width64 = 1, Width32 = 2, WidthNatural = 3;

    public static TheoryData<Type, uint, int> Enums => new()
    {
        { typeof(VmcsField16), Width16, 20 },
        { typeof(VmcsField64), Width64, 40 },
        { typeof(VmcsField32), Width32, 50 },
        { typeof(VmcsFieldNatural), WidthNatural, 46 },
    };

    [Theory, MemberData(nameof(Enums))]
    public void EveryEncodingSaysItsWidthAndType(Type type, uint width, int count)
    {
        var members = Enum.GetNames(type).Select(name => (Name: name, Encoding: (uint)Enum.Parse(type, name))).ToArray();
        members.Should().HaveCount(count);
        members.Select(m => m.Encoding).Should().OnlyHaveUniqueItems();
        foreach (var (name, encoding) in members)
        {
            (encoding & 1).Should().Be(0, "{0} is accessed whole", name);
            (encoding >> 12 & 1).Should().Be(0, "bit 12 of {0} is reserved", name);
            (encoding >> 13).Should().Be(width, "that is the width of {0}", name);
            (encoding >> 10 & 3).Should().Be(TypeOf(name), "that is the type of {0}", name);
        }
    }

    /// <summary>0 control, 1 read-only data, 2 guest state, 3 host state.</summary>
    private static uint TypeOf(string name) => name switch
    {
        nameof(VmcsField64.GuestPhysicalAddress) or nameof(VmcsFieldNatural.GuestLinearAddress) or nameof(VmcsField32.InstructionError) => 1,
        nameof(VmcsField64.VmcsLinkPointer) or nameof(VmcsField32.PreemptionTimerValue) or nameof(VmcsField16.PageModificationLogIndex) => 2,
        nameof(VmcsField32.ExitControls) => 0,
        _ when name.StartsWith("ExitMsr", StringComparison.Ordinal) => 0,
        _ when name.StartsWith("Guest", StringComparison.Ordinal) => 2,
        _ when name.StartsWith("Host", StringComparison.Ordinal) => 3,
        _ when name.StartsWith("Exit", StringComparison.Ordinal) || name.StartsWith("IdtVectoring", StringComparison.Ordinal) => 1,
        _ when name is "IoRcx" or "IoRsi" or "IoRdi" or "IoRip" => 1,
        _ => 0,
    };

    [Theory]
    [InlineData((uint)VmcsField16.Vpid, 0x0000)]
    [InlineData((uint)VmcsField16.GuestTrSelector, 0x080E)]
    [InlineData((uint)VmcsField16.HostTrSelector, 0x0C0C)]
    [InlineData((uint)VmcsField64.MsrBitmap, 0x2004)]
    [InlineData((uint)VmcsField64.EptPointer, 0x201A)]
    [InlineData((uint)VmcsField64.EoiExitBitmap3, 0x2022)]
    [InlineData((uint)VmcsField64.TscMultiplier, 0x2032)]
    [InlineData((uint)VmcsField64.GuestPhysicalAddress, 0x2400)]
    [InlineData((uint)VmcsField64.VmcsLinkPointer, 0x2800)]
    [InlineData((uint)VmcsField64.GuestPdpte3, 0x2810)]
    [InlineData((uint)VmcsField64.HostEfer, 0x2C02)]
    [InlineData((uint)VmcsField32.SecondaryControls, 0x401E)]
    [InlineData((uint)VmcsField32.ExitInstructionInformation, 0x440E)]
    [InlineData((uint)VmcsField32.GuestTrAccessRights, 0x4822)]
    [InlineData((uint)VmcsField32.PreemptionTimerValue, 0x482E)]
    [InlineData((uint)VmcsField32.HostSysenterCs, 0x4C00)]
    [InlineData((uint)VmcsFieldNatural.GuestLinearAddress, 0x640A)]
    [InlineData((uint)VmcsFieldNatural.GuestIdtrBase, 0x6818)]
    [InlineData((uint)VmcsFieldNatural.GuestSysenterEip, 0x6826)]
    [InlineData((uint)VmcsFieldNatural.HostRip, 0x6C16)]
    public void TheEncodingsAreThoseOfTheManual(uint field, uint encoding) => field.Should().Be(encoding);

    [Theory, MemberData(nameof(Enums))]
    public void MembersAreInTheManualsOrderWithoutAHoleThatIsNotItsOwn(Type type, uint width, int count)
    {
        // Encodings that the manual has and Lamina does not name, or that are not in the manual.
        uint[] holes = [0x482C];
        uint[] encodings = Enum.GetValues(type).Cast<uint>().Order().ToArray();
        foreach (var group in encodings.GroupBy(e => e & ~0x3FFu))
            Enumerable.Range(0, (int)(group.Last() - group.Key) / 2 + 1).Select(i => group.Key + 2 * (uint)i).Except(holes).Should().Equal(group);
        encodings.Should().HaveCount(count).And.OnlyContain(e => e >> 13 == width);
    }

    [Fact]
    public void AFieldIsReadInItsOwnWidth()
    {
        var vmcs = new FakeVmcs();
        vmcs.Write(VmcsField16.Vpid, 0xFFFF);
        vmcs.Write(VmcsField32.ExitReason, 0xFFFF_FFFF);
        vmcs.Write(VmcsField64.EptPointer, ulong.MaxValue);
        vmcs.Write(VmcsFieldNatural.GuestRip, ulong.MaxValue - 1);
        vmcs.Read(VmcsField16.Vpid).Should().Be(0xFFFF);
        vmcs.Read(VmcsField32.ExitReason).Should().Be(0xFFFF_FFFF);
        vmcs.Read(VmcsField64.EptPointer).Should().Be(ulong.MaxValue);
        vmcs.Read(VmcsFieldNatural.GuestRip).Should().Be(ulong.MaxValue - 1);
        vmcs.Read(VmcsField64.TscOffset).Should().Be(0);
        vmcs.Written.Should().Equal(0x0000, 0x4402, 0x201A, 0x681E);
    }
}
