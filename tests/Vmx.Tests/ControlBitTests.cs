using System;
using System.Linq;
using System.Numerics;

namespace Lamina.Vmx.Tests;

/// <summary>Bit numbers of the controls, typed in from the manual once more (Intel SDM vol. 3, tables 25-5 to 25-7, 25-13, 25-15, 25-3).</summary>
public class ControlBitTests
{
    public static TheoryData<Type, int[]> Controls => new()
    {
        { typeof(PinControls), [0, 3, 5, 6, 7] },
        { typeof(PrimaryControls), [2, 3, 7, 9, 10, 11, 12, 15, 16, 17, 19, 20, 21, 22, 23, 24, 25, 27, 28, 29, 30, 31] },
        { typeof(SecondaryControls), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 22, 23, 24, 25, 26, 27, 28] },
        { typeof(ExitControls), [2, 9, 12, 15, 18, 19, 20, 21, 22, 23, 24, 25, 26, 28, 29, 30, 31] },
        { typeof(EntryControls), [2, 9, 10, 11, 13, 14, 15, 16, 17, 18, 20, 21, 22] },
        { typeof(Interruptibility), [0, 1, 2, 3, 4] },
    };

    [Theory, MemberData(nameof(Controls))]
    public void EachIsOneBitOfItsOwn(Type type, int[] bits)
    {
        uint[] values = Enum.GetValues(type).Cast<uint>().ToArray();
        values.Should().OnlyContain(v => BitOperations.PopCount(v) == 1);
        values.Select(BitOperations.TrailingZeroCount).Should().Equal(bits);
    }

    [Fact]
    public void TheBitsAreThoseOfTheManual()
    {
        ((uint)PinControls.VirtualNmis).Should().Be(0x20);
        ((uint)PrimaryControls.HltExiting).Should().Be(0x80);
        ((uint)PrimaryControls.UseTprShadow).Should().Be(0x20_0000);
        ((uint)PrimaryControls.UseIoBitmaps).Should().Be(0x200_0000);
        ((uint)PrimaryControls.UseMsrBitmaps).Should().Be(0x1000_0000);
        ((uint)PrimaryControls.ActivateSecondaryControls).Should().Be(0x8000_0000);
        ((uint)SecondaryControls.EnableEpt).Should().Be(0x2);
        ((uint)SecondaryControls.EnableVpid).Should().Be(0x20);
        ((uint)SecondaryControls.UnrestrictedGuest).Should().Be(0x80);
        ((uint)SecondaryControls.VirtualInterruptDelivery).Should().Be(0x200);
        ((uint)SecondaryControls.UseTscScaling).Should().Be(0x200_0000);
        ((uint)ExitControls.HostAddressSpaceSize).Should().Be(0x200);
        ((uint)ExitControls.LoadEfer).Should().Be(0x20_0000);
        ((uint)EntryControls.Ia32eModeGuest).Should().Be(0x200);
        ((uint)EntryControls.LoadEfer).Should().Be(0x8000);
        ((uint)Interruptibility.BlockedByNmi).Should().Be(0x8);
    }

    [Theory]
    [InlineData(VmxExitReason.TripleFault, 2)]
    [InlineData(VmxExitReason.Cpuid, 10)]
    [InlineData(VmxExitReason.Vmcall, 18)]
    [InlineData(VmxExitReason.Vmxon, 27)]
    [InlineData(VmxExitReason.PortIo, 30)]
    [InlineData(VmxExitReason.InvalidGuestState, 33)]
    [InlineData(VmxExitReason.MonitorTrapFlag, 37)]
    [InlineData(VmxExitReason.MachineCheckAtEntry, 41)]
    [InlineData(VmxExitReason.TprBelowThreshold, 43)]
    [InlineData(VmxExitReason.EptViolation, 48)]
    [InlineData(VmxExitReason.PreemptionTimer, 52)]
    [InlineData(VmxExitReason.Xsetbv, 55)]
    [InlineData(VmxExitReason.Xrstors, 64)]
    [InlineData(VmxExitReason.Tdcall, 77)]
    public void ReasonsAreThoseOfTheManual(VmxExitReason reason, int number) => ((int)reason).Should().Be(number);

    [Fact]
    public void ReasonsHaveNoOtherHolesThanTheManual() =>
        Enumerable.Range(0, 78).Except(Enum.GetValues<VmxExitReason>().Select(r => (int)r)).Should().Equal(35, 38, 42, 71);

    [Fact]
    public void EveryInstructionErrorHasWordsOfItsOwn()
    {
        var errors = Enum.GetValues<VmxInstructionError>();
        Enumerable.Range(1, 28).Except(errors.Select(e => (int)e)).Should().Equal(14, 21, 27);
        errors.Select(e => e.Describe()).Should().OnlyHaveUniqueItems().And.NotContain(s => s.Contains("does not list"));
        VmxInstructionError.EntryHostState.Describe().Should().Be("an entry with invalid host-state fields");
        ((VmxInstructionError)14).Describe().Should().Contain("does not list");
    }
}
