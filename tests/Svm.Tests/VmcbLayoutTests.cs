using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Lamina.Core;

namespace Lamina.Svm.Tests;

/// <summary>Offsets are those of AMD APM vol. 2, appendix B, tables B-1 and B-2, typed in from there once more.</summary>
public class VmcbLayoutTests
{
    public static TheoryData<string, int> Control => new()
    {
        { nameof(VmcbControlArea.ControlRegisterReads), 0x000 },
        { nameof(VmcbControlArea.ControlRegisterWrites), 0x002 },
        { nameof(VmcbControlArea.DebugRegisterReads), 0x004 },
        { nameof(VmcbControlArea.DebugRegisterWrites), 0x006 },
        { nameof(VmcbControlArea.Exceptions), 0x008 },
        { nameof(VmcbControlArea.Intercepts), 0x00C },
        { nameof(VmcbControlArea.SvmIntercepts), 0x010 },
        { nameof(VmcbControlArea.NewerIntercepts), 0x014 },
        { nameof(VmcbControlArea.PauseFilterThreshold), 0x03C },
        { nameof(VmcbControlArea.PauseFilterCount), 0x03E },
        { nameof(VmcbControlArea.IoPermissionMap), 0x040 },
        { nameof(VmcbControlArea.MsrPermissionMap), 0x048 },
        { nameof(VmcbControlArea.TscOffset), 0x050 },
        { nameof(VmcbControlArea.Asid), 0x058 },
        { nameof(VmcbControlArea.TlbControl), 0x05C },
        { nameof(VmcbControlArea.VirtualInterrupt), 0x060 },
        { nameof(VmcbControlArea.InterruptState), 0x068 },
        { nameof(VmcbControlArea.ExitCode), 0x070 },
        { nameof(VmcbControlArea.ExitInfo1), 0x078 },
        { nameof(VmcbControlArea.ExitInfo2), 0x080 },
        { nameof(VmcbControlArea.InterruptedEvent), 0x088 },
        { nameof(VmcbControlArea.NestedPaging), 0x090 },
        { nameof(VmcbControlArea.InjectedEvent), 0x0A8 },
        { nameof(VmcbControlArea.NestedCr3), 0x0B0 },
        { nameof(VmcbControlArea.CleanBits), 0x0C0 },
        { nameof(VmcbControlArea.NextRip), 0x0C8 },
        { nameof(VmcbControlArea.FetchedBytes), 0x0D0 },
        { nameof(VmcbControlArea.InstructionBytesLow), 0x0D1 },
        { nameof(VmcbControlArea.InstructionBytesHigh), 0x0D8 },
    };

    public static TheoryData<string, int> StateSave => new()
    {
        { nameof(VmcbStateSaveArea.Es), 0x000 },
        { nameof(VmcbStateSaveArea.Cs), 0x010 },
        { nameof(VmcbStateSaveArea.Ss), 0x020 },
        { nameof(VmcbStateSaveArea.PrivilegeLevel), 0x0CB },
        { nameof(VmcbStateSaveArea.Efer), 0x0D0 },
        { nameof(VmcbStateSaveArea.Cr4), 0x148 },
        { nameof(VmcbStateSaveArea.Cr3), 0x150 },
        { nameof(VmcbStateSaveArea.Cr0), 0x158 },
        { nameof(VmcbStateSaveArea.Dr7), 0x160 },
        { nameof(VmcbStateSaveArea.Dr6), 0x168 },
        { nameof(VmcbStateSaveArea.Rflags), 0x170 },
        { nameof(VmcbStateSaveArea.Rip), 0x178 },
        { nameof(VmcbStateSaveArea.Rsp), 0x1D8 },
        { nameof(VmcbStateSaveArea.Rax), 0x1F8 },
        { nameof(VmcbStateSaveArea.Star), 0x200 },
        { nameof(VmcbStateSaveArea.LongStar), 0x208 },
        { nameof(VmcbStateSaveArea.CompatibilityStar), 0x210 },
        { nameof(VmcbStateSaveArea.SystemCallFlagMask), 0x218 },
        { nameof(VmcbStateSaveArea.KernelGsBase), 0x220 },
        { nameof(VmcbStateSaveArea.SysenterCs), 0x228 },
        { nameof(VmcbStateSaveArea.SysenterEsp), 0x230 },
        { nameof(VmcbStateSaveArea.SysenterEip), 0x238 },
        { nameof(VmcbStateSaveArea.Cr2), 0x240 },
        { nameof(VmcbStateSaveArea.Pat), 0x268 },
    };

    [Theory, MemberData(nameof(Control))]
    public void ControlAreaFieldsLieWhereTheManualHasThem(string field, int offset) =>
        ((int)Marshal.OffsetOf<VmcbControlArea>(field)).Should().Be(offset);

    [Theory, MemberData(nameof(StateSave))]
    public void StateSaveAreaFieldsLieWhereTheManualHasThem(string field, int offset) =>
        ((int)Marshal.OffsetOf<VmcbStateSaveArea>(field)).Should().Be(offset);

    [Fact]
    public void EveryFieldIsAsserted()
    {
        typeof(VmcbControlArea).GetFields().Select(f => f.Name).Should().BeEquivalentTo(((IEnumerable<object[]>)Control).Select(row => row[0]));
        typeof(VmcbStateSaveArea).GetFields().Select(f => f.Name).Should().BeEquivalentTo(((IEnumerable<object[]>)StateSave).Select(row => row[0]));
    }

    [Fact]
    public void TheAreasMakeAPage()
    {
        Unsafe.SizeOf<Vmcb>().Should().Be(4096);
        ((int)Marshal.OffsetOf<Vmcb>(nameof(Vmcb.State))).Should().Be(0x400);
        Unsafe.SizeOf<EventInjection>().Should().Be(8);
        Unsafe.SizeOf<SegmentRegister>().Should().Be(16);
    }

    [Theory]
    [InlineData(SegmentName.Es, 0x00)]
    [InlineData(SegmentName.Cs, 0x10)]
    [InlineData(SegmentName.Ss, 0x20)]
    [InlineData(SegmentName.Ds, 0x30)]
    [InlineData(SegmentName.Fs, 0x40)]
    [InlineData(SegmentName.Gs, 0x50)]
    [InlineData(SegmentName.Gdtr, 0x60)]
    [InlineData(SegmentName.Ldtr, 0x70)]
    [InlineData(SegmentName.Idtr, 0x80)]
    [InlineData(SegmentName.Tr, 0x90)]
    public unsafe void SegmentsAreFoundByName(SegmentName name, int offset)
    {
        VmcbStateSaveArea state = default;
        state[name].Selector = 0x1234;
        (*(ushort*)((byte*)&state + offset)).Should().Be(0x1234);
    }
}
