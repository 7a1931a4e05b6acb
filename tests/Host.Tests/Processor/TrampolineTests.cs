using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Lamina.Host.Tests;

public class TrampolineTests
{
    private const ulong Page = MemoryPlan.PageSize, Length = Trampoline.Pages * Page;

    private static ulong Find(params (ulong Base, ulong End, MemoryKind Kind)[] ranges)
    {
        var map = new MemoryMap();
        foreach (var (start, end, kind) in ranges)
            map.Add(start, end - start, kind);
        map.Normalise();
        return Trampoline.FindPages(map);
    }

    [Fact]
    public void TheBlockIsThatOfTheAssembly()
    {
        Unsafe.SizeOf<TrampolineBlock>().Should().Be(48);
        int Offset(string field) => (int)Marshal.OffsetOf<TrampolineBlock>(field);
        (Offset(nameof(TrampolineBlock.CodeSelector)), Offset(nameof(TrampolineBlock.SegmentTableBase)), Offset(nameof(TrampolineBlock.Root))).Should().Be((4, 8, 12));
        (Offset(nameof(TrampolineBlock.HostRoot)), Offset(nameof(TrampolineBlock.Stack)), Offset(nameof(TrampolineBlock.Entry)), Offset(nameof(TrampolineBlock.Limits))).Should().Be((16, 24, 32, 40));
    }

    [Fact]
    public void ItTakesTheHighestFreePagesBelowOneMebibyte()
    {
        Find((0, 0x9F000, MemoryKind.Usable), (0x100000, 1 << 30, MemoryKind.Usable)).Should().Be(0x9F000 - Length);
        Find((0, 0x9F000, MemoryKind.Reserved), (0x10000, 0x10000 + Length, MemoryKind.BootReclaimable)).Should().Be(0);
        Find((0, 0x10000, MemoryKind.Reserved), (0x10000, 0x10000 + Length, MemoryKind.BootReclaimable)).Should().Be(0x10000);
        Find((0x80000, 1 << 30, MemoryKind.Usable)).Should().Be((1 << 20) - Length);
    }

    [Fact]
    public void ItTakesNeitherPage0NorWhatIsNotFree()
    {
        Find((0, Length, MemoryKind.Usable)).Should().Be(0);
        Find((0, Length + Page, MemoryKind.Usable)).Should().Be(Page);
        Find((Page, Length, MemoryKind.Usable)).Should().Be(0, "they are too few");
        Find((Page, 0x9F000, MemoryKind.AcpiNvs), (1 << 20, 1 << 30, MemoryKind.Usable)).Should().Be(0);
        Find().Should().Be(0);
    }
}
