using System.Runtime.InteropServices;

namespace Lamina.Host.Tests;

/// <summary>Sizes and offsets that the processor and the .asm files rely on.</summary>
public unsafe class StructureTests
{
    [Fact]
    public void SizesAreTheManuals()
    {
        sizeof(TaskStateSegment).Should().Be(104);
        sizeof(InterruptGate).Should().Be(16);
        sizeof(DescriptorTablePointer).Should().Be(10);
        sizeof(InterruptFrame).Should().Be(22 * 8, "Interrupts.asm pushes 17 words on the processor's 5");
    }

    [Fact]
    public void OffsetsAreTheManuals()
    {
        Marshal.OffsetOf<TaskStateSegment>(nameof(TaskStateSegment.InterruptStack1)).Should().Be(0x24);
        Marshal.OffsetOf<TaskStateSegment>(nameof(TaskStateSegment.InterruptStack3)).Should().Be(0x34);
        Marshal.OffsetOf<TaskStateSegment>(nameof(TaskStateSegment.PortMapOffset)).Should().Be(0x66);
        Marshal.OffsetOf<InterruptFrame>(nameof(InterruptFrame.R15)).Should().Be(0);
        Marshal.OffsetOf<InterruptFrame>(nameof(InterruptFrame.Rax)).Should().Be(14 * 8);
        Marshal.OffsetOf<InterruptFrame>(nameof(InterruptFrame.Vector)).Should().Be(15 * 8);
        Marshal.OffsetOf<InterruptFrame>(nameof(InterruptFrame.Rip)).Should().Be(17 * 8);
        Marshal.OffsetOf<InterruptFrame>(nameof(InterruptFrame.Rsp)).Should().Be(20 * 8);
    }

    [Fact]
    public void ADescriptorTablePointerIsLimitThenAddress()
    {
        var pointer = new DescriptorTablePointer(0x1234, 0x1122_3344_5566_7788);
        new System.ReadOnlySpan<byte>(&pointer, 10).ToArray().Should().Equal(0x34, 0x12, 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11);
    }

    [Fact]
    public void AGateIsEncodedAsTheManualHasIt()
    {
        var gate = new InterruptGate(0xFFFF_FFFF_8012_3456, 2);
        var bytes = new System.ReadOnlySpan<byte>(&gate, 16).ToArray();
        bytes.Should().Equal(0x56, 0x34, 0x08, 0x00, 0x02, 0x8E, 0x12, 0x80, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0);
        gate.Entry.Should().Be(0xFFFF_FFFF_8012_3456);
        gate.Stack.Should().Be(2);
    }

    [Fact]
    public void SegmentsAreEncodedAsTheManualHasThem()
    {
        SegmentTable.CodeDescriptor.Should().Be(0x0020_9B00_0000_0000);
        SegmentTable.DataDescriptor.Should().Be(0x0000_9300_0000_0000);
        SegmentTable.TaskDescriptorLow(0xFFFF_C000_1234_5678).Should().Be(0x1200_8934_5678_0067);
        SegmentTable.TaskDescriptorHigh(0xFFFF_C000_1234_5678).Should().Be(0xFFFF_C000);
    }

    [Fact]
    public void TheMemoryPlansPartsDoNotOverlap()
    {
        MemoryPlan.GuestSlot.Should().Be(0xFFFF_8000_0000_0000 | ((ulong)MemoryPlan.GuestSlotRootEntry - 256) << 39);
        (MemoryPlan.GuestSlot + MemoryPlan.GuestSlotSize).Should().BeLessThanOrEqualTo(MemoryPlan.OwnedMemory);
        (MemoryPlan.OwnedMemory + MemoryPlan.PhysicalWindowSize).Should().BeLessThanOrEqualTo(MemoryPlan.DeviceMemory);
        (MemoryPlan.DeviceMemory + MemoryPlan.PhysicalWindowSize).Should().BeLessThanOrEqualTo(MemoryPlan.Stacks);
        MemoryPlan.StackSpacing.Should().BeGreaterThan(MemoryPlan.CpuStackSize + MemoryPlan.PageSize);
    }
}
