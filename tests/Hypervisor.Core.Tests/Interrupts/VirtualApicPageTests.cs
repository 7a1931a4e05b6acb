using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Lamina.Core.Tests.Interrupts;

/// <summary>Offsets are those of Intel SDM vol. 3, table 11-1, typed in from there once more.</summary>
public sealed class VirtualApicPageTests
{
    public static TheoryData<string, int> Layout => new()
    {
        { nameof(VirtualApicPage.Id), 0x020 },
        { nameof(VirtualApicPage.Version), 0x030 },
        { nameof(VirtualApicPage.TaskPriority), 0x080 },
        { nameof(VirtualApicPage.ProcessorPriority), 0x0A0 },
        { nameof(VirtualApicPage.EndOfInterrupt), 0x0B0 },
        { nameof(VirtualApicPage.LogicalDestination), 0x0D0 },
        { nameof(VirtualApicPage.DestinationFormat), 0x0E0 },
        { nameof(VirtualApicPage.SpuriousVector), 0x0F0 },
        { nameof(VirtualApicPage.InService), 0x100 },
        { nameof(VirtualApicPage.TriggerMode), 0x180 },
        { nameof(VirtualApicPage.InterruptRequest), 0x200 },
        { nameof(VirtualApicPage.ErrorStatus), 0x280 },
        { nameof(VirtualApicPage.InterruptCommand), 0x300 },
        { nameof(VirtualApicPage.InterruptCommandHigh), 0x310 },
        { nameof(VirtualApicPage.TimerVector), 0x320 },
        { nameof(VirtualApicPage.ThermalVector), 0x330 },
        { nameof(VirtualApicPage.PerformanceVector), 0x340 },
        { nameof(VirtualApicPage.Lint0Vector), 0x350 },
        { nameof(VirtualApicPage.Lint1Vector), 0x360 },
        { nameof(VirtualApicPage.ErrorVector), 0x370 },
        { nameof(VirtualApicPage.TimerInitialCount), 0x380 },
        { nameof(VirtualApicPage.TimerDivide), 0x3E0 },
    };

    [Theory]
    [MemberData(nameof(Layout))]
    public void RegistersAreWhereTheManualPutsThem(string name, int offset)
    {
        ((int)Marshal.OffsetOf<VirtualApicPage>(name)).Should().Be(offset);
        ((int)Enum.Parse<LocalApicRegister>(name) << 4).Should().Be(offset);
    }

    [Fact]
    public void TheUpperHalfOfTheX2ApicsCommandIsBehindTheLower() =>
        ((int)Marshal.OffsetOf<VirtualApicPage>(nameof(VirtualApicPage.InterruptCommandDestination))).Should().Be(0x304);

    [Fact]
    public void ItIsOnePage() => Unsafe.SizeOf<VirtualApicPage>().Should().Be(4096);

    [Theory]
    [InlineData(0x00, 0x200)]
    [InlineData(0x1F, 0x200)]
    [InlineData(0x20, 0x210)]
    [InlineData(0xFF, 0x270)]
    public void AVectorsBitIsInTheRegisterOfItsUpperThreeBits(byte vector, int offset)
    {
        VirtualApicPage page = default;
        page.InterruptRequest[vector] = true;
        page[(LocalApicRegister)(offset >> 4)].Should().Be(1u << (vector & 31));
    }

    [Fact]
    public void EveryRegisterNumberIsWithinThePage()
    {
        var pages = new VirtualApicPage[2];
        foreach (byte register in (byte[])[0x00, 0xFF]) pages[0][(LocalApicRegister)register] = register + 1u;
        var bytes = MemoryMarshal.AsBytes(pages.AsSpan());
        bytes[0x000].Should().Be(1);
        bytes[0xFF1].Should().Be(1);
        bytes[4096..].ToArray().Should().AllBeEquivalentTo((byte)0);
    }
}
