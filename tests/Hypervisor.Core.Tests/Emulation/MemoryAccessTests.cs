using System;
using Lamina.Core;

namespace Lamina.Core.Tests.Emulation;

public sealed class MemoryAccessTests : IDisposable
{
    private const int PageSize = EmulatorMachine.PageSize;

    private static ReadOnlySpan<byte> LoadEaxFromRbx => [0x8B, 0x03];
    private static ReadOnlySpan<byte> StoreEaxAtRbx => [0x89, 0x03];

    private readonly EmulatorMachine _machine = new();

    public void Dispose() => _machine.Dispose();

    private EmulationResult Run(VmExit exit) => _machine.Vcpu.Emulator.EmulateMemoryAccess(exit);

    private static VmExit Read(ulong offset) => EmulatorMachine.DeviceExit(offset, MemoryAccess.Read);
    private static VmExit Write(ulong offset) => EmulatorMachine.DeviceExit(offset, MemoryAccess.Write);

    [Fact]
    public void A_device_is_accessed_once_and_as_wide_as_the_instruction_says()
    {
        _machine.Place(LoadEaxFromRbx);
        _machine.State.Registers.Rbx = EmulatorMachine.Mmio + 0x21;
        Run(Read(0x21)).Should().Be(EmulationResult.Done);
        _machine.Device.Accesses.Should().Equal((0x21UL, 4, false));
    }

    [Fact]
    public void A_read_modify_write_reads_and_writes_once()
    {
        // lock or dword [rbx], 1
        _machine.Place([0xF0, 0x83, 0x0B, 0x01]);
        _machine.State.Registers.Rbx = EmulatorMachine.Mmio + 0x40;
        Run(Read(0x40)).Should().Be(EmulationResult.Done);
        _machine.Device.Accesses.Should().Equal((0x40UL, 4, false), (0x40UL, 4, true));
        _machine.Device.Bytes[0x40].Should().Be(1);
    }

    [Fact]
    public void Where_nobody_answers_all_ones_are_read_and_counted()
    {
        _machine.Place(LoadEaxFromRbx);
        _machine.Map(EmulatorMachine.Mmio, 0x5000_0000);
        _machine.State.Registers.Rbx = EmulatorMachine.Mmio;
        _machine.State.Registers.Rax = ulong.MaxValue;
        var exit = Read(0);
        exit.GuestPhysical = 0x5000_0000;
        Run(exit).Should().Be(EmulationResult.Done);
        _machine.State.Registers.Rax.Should().Be(uint.MaxValue);
        _machine.Machine.Counters.UnknownMemory.Should().Be(1);
    }

    [Fact]
    public void The_local_apic_is_the_vcpus_own()
    {
        _machine.Vcpu.Apic.Reset();
        _machine.Vcpu.Apic.IsMemoryMapped.Should().BeTrue();
        // mov dword [rbx + 0x80], 0x20: the task priority.
        _machine.Place([0xC7, 0x83, 0x80, 0, 0, 0, 0x20, 0, 0, 0]);
        _machine.Map(EmulatorMachine.Mmio, LocalApic.DefaultAddress);
        _machine.State.Registers.Rbx = EmulatorMachine.Mmio;
        var exit = Write(0);
        exit.GuestPhysical = LocalApic.DefaultAddress + 0x80;
        Run(exit).Should().Be(EmulationResult.Done);
        _machine.Vcpu.Apic.TaskPriorityClass.Should().Be(2);
    }

    [Fact]
    public void Single_steps_and_shadows_are_right_behind_it()
    {
        _machine.Place(StoreEaxAtRbx);
        _machine.State.Registers.Rbx = EmulatorMachine.Mmio;
        _machine.State.Rflags |= Rflags.Trap | Rflags.Resume;
        _machine.State.InterruptShadow = true;
        Run(Write(0)).Should().Be(EmulationResult.Done);
        _machine.State.InterruptShadow.Should().BeFalse();
        (_machine.State.Rflags & Rflags.Resume).Should().Be(0);
        _machine.TakeException().Vector.Should().Be((byte)ExceptionVector.Debug);
    }

    [Fact]
    public void When_memory_has_moved_the_guest_is_run_again()
    {
        _machine.Place(StoreEaxAtRbx);
        _machine.State.Registers.Rbx = EmulatorMachine.Ram;
        Run(Write(0x123)).Should().Be(EmulationResult.Retry);
        _machine.State.Rip.Should().Be(EmulatorMachine.Code);
        _machine.Device.Accesses.Should().BeEmpty();
    }

    /// <summary>The CPU came to the read of a read-modify-write only: that the page may not be written is found here.</summary>
    [Fact]
    public void A_read_modify_write_needs_the_right_to_write()
    {
        _machine.Place([0x83, 0x0B, 0x01]);
        _machine.Map(EmulatorMachine.Mmio, EmulatorMachine.DevicePhysical, PageEntry.Present | PageEntry.User);
        _machine.State.Registers.Rbx = EmulatorMachine.Mmio;
        _machine.State.PrivilegeLevel = 3;
        Run(Read(0)).Should().Be(EmulationResult.Faulted);
        _machine.TakeException().ErrorCode.Should().Be((uint)(PageFaultCode.Present | PageFaultCode.Write | PageFaultCode.User));
        _machine.State.Cr2.Should().Be(EmulatorMachine.Mmio);
        _machine.Device.Accesses.Should().BeEmpty();
    }

    [Fact]
    public void A_fault_on_the_second_page_leaves_the_first_alone()
    {
        _machine.Place(StoreEaxAtRbx);
        _machine.State.Registers.Rbx = EmulatorMachine.Mmio + PageSize - 2;
        Run(Write(PageSize - 2)).Should().Be(EmulationResult.Faulted);
        _machine.TakeException().Vector.Should().Be((byte)ExceptionVector.PageFault);
        _machine.State.Cr2.Should().Be(EmulatorMachine.Mmio + PageSize);
        _machine.Device.Accesses.Should().BeEmpty();
    }

    [Fact]
    public void Supervisor_access_prevention_holds_for_user_pages_unless_ac_is_set()
    {
        _machine.Place([0xA5]);
        _machine.State.Cr4 |= Cr4.SupervisorAccessPrevention;
        _machine.State.Registers.Rsi = EmulatorMachine.Ram;
        _machine.State.Registers.Rdi = EmulatorMachine.Mmio;
        Run(Write(0)).Should().Be(EmulationResult.Faulted);
        _machine.TakeException().ErrorCode.Should().Be((uint)PageFaultCode.Present);
        _machine.State.Rflags |= Rflags.AlignmentCheck;
        Run(Write(0)).Should().Be(EmulationResult.Done);
    }

    [Theory]
    [InlineData(new byte[] { 0x8B, 0x03 }, ExceptionVector.GeneralProtection)]
    [InlineData(new byte[] { 0x8B, 0x45, 0x00 }, ExceptionVector.StackFault)]
    [InlineData(new byte[] { 0x3E, 0x8B, 0x45, 0x00 }, ExceptionVector.StackFault)]
    [InlineData(new byte[] { 0x64, 0x8B, 0x45, 0x00 }, ExceptionVector.GeneralProtection)]
    public void An_address_that_is_not_canonical_faults_by_its_segment(byte[] code, ExceptionVector expected)
    {
        _machine.Place(code);
        _machine.State.Registers.Rbx = _machine.State.Registers.Rbp = 0x0000_8000_0000_0FFE;
        Run(Read(0)).Should().Be(EmulationResult.Faulted);
        var fault = _machine.TakeException();
        fault.Vector.Should().Be((byte)expected);
        fault.HasErrorCode.Should().BeTrue();
        fault.ErrorCode.Should().Be(0);
    }

    [Fact]
    public void Fs_and_gs_have_bases_in_64_bit_code()
    {
        _machine.Place([0x65, 0x8B, 0x03]);
        _machine.State.SetSegment(SegmentName.Gs, new SegmentRegister(0, SegmentAttributes.None, 0, EmulatorMachine.Mmio));
        _machine.State.Registers.Rbx = 0x18;
        _machine.Device.Bytes[0x18] = 0x5A;
        Run(Read(0x18)).Should().Be(EmulationResult.Done);
        _machine.State.Registers.Rax.Should().Be(0x5A);
    }

    [Theory]
    // mov eax, [ebx] in DS with various limits and rights; the access is at offset 0x1000.
    [InlineData(0x1003u, SegmentAttributes.ReadableOrWritable, false)]
    [InlineData(0x1002u, SegmentAttributes.ReadableOrWritable, true)]
    [InlineData(0x1003u, SegmentAttributes.Code | SegmentAttributes.ReadableOrWritable, false)]
    [InlineData(0x1003u, SegmentAttributes.Code, true)]
    [InlineData(0x0FFFu, SegmentAttributes.ConformingOrExpandDown | SegmentAttributes.ReadableOrWritable, false)]
    [InlineData(0x1000u, SegmentAttributes.ConformingOrExpandDown | SegmentAttributes.ReadableOrWritable, true)]
    public void Segments_have_limits_and_rights_in_protected_mode(uint limit, SegmentAttributes attributes, bool faults)
    {
        _machine.EnterProtectedMode(32, LoadEaxFromRbx);
        const SegmentAttributes usable = SegmentAttributes.Present | SegmentAttributes.CodeOrData;
        _machine.State.SetSegment(SegmentName.Ds, new SegmentRegister(16, attributes | usable, limit, EmulatorMachine.DevicePhysical - 0x1000));
        _machine.State.Registers.Rbx = 0x1000;
        Run(Read(0)).Should().Be(faults ? EmulationResult.Faulted : EmulationResult.Done);
        if (faults) _machine.TakeException().Vector.Should().Be((byte)ExceptionVector.GeneralProtection);
    }

    [Fact]
    public void A_segment_that_may_not_be_written_is_not()
    {
        _machine.EnterProtectedMode(32, StoreEaxAtRbx);
        var segment = _machine.State.GetSegment(SegmentName.Ds);
        segment.Attributes &= ~SegmentAttributes.ReadableOrWritable;
        _machine.State.SetSegment(SegmentName.Ds, segment);
        _machine.State.Registers.Rbx = EmulatorMachine.DevicePhysical;
        Run(Write(0)).Should().Be(EmulationResult.Faulted);
    }

    [Fact]
    public void Exceptions_have_no_error_code_in_real_mode()
    {
        // mov eax, [bp + di] with a stack segment that is too short.
        _machine.EnterProtectedMode(16, [0x66, 0x8B, 0x03]);
        _machine.State.Cr0 = 0;
        _machine.State.SetSegment(SegmentName.Ss, new SegmentRegister(0, SegmentAttributes.None, 0xFFFF, 0));
        _machine.State.Registers.Rbp = 0xFFFE;
        Run(Read(0)).Should().Be(EmulationResult.Faulted);
        var fault = _machine.TakeException();
        fault.Vector.Should().Be((byte)ExceptionVector.StackFault);
        fault.HasErrorCode.Should().BeFalse();
    }

    [Fact]
    public void Sixteen_bit_code_reaches_devices()
    {
        // mov [bx + si - 2], ax
        _machine.EnterProtectedMode(16, [0x89, 0x40, 0xFE]);
        var data = _machine.State.GetSegment(SegmentName.Ds);
        data.Base = EmulatorMachine.DevicePhysical;
        _machine.State.SetSegment(SegmentName.Ds, data);
        ref var registers = ref _machine.State.Registers;
        registers.Rbx = 0x7777_F000;
        registers.Rsi = 0x1012;
        registers.Rax = 0x1_2345;
        Run(Write(0x10)).Should().Be(EmulationResult.Done);
        _machine.Device.Accesses.Should().Equal((0x10UL, 2, true));
        _machine.Device.Bytes[0x10].Should().Be(0x45);
        _machine.State.Rip.Should().Be(EmulatorMachine.CodePhysical + 3);
    }

    [Fact]
    public void An_instruction_that_is_not_carried_out_is_reported()
    {
        // movups [rbx], xmm0
        _machine.Place([0x0F, 0x11, 0x03]);
        _machine.State.Registers.Rbx = EmulatorMachine.Mmio;
        Run(Write(0)).Should().Be(EmulationResult.Unsupported);
        _machine.Vcpu.Emulator.LastInstruction.ToArray().Should().Equal([0x0F, 0x11, 0x03]);
        _machine.State.Rip.Should().Be(EmulatorMachine.Code);
    }

    [Fact]
    public void Code_where_there_is_no_ram_is_not_carried_out()
    {
        _machine.Place([]);
        _machine.State.Rip = EmulatorMachine.Mmio;
        Run(EmulatorMachine.DeviceExit(0, MemoryAccess.Execute)).Should().Be(EmulationResult.Unsupported);
    }

    [Fact]
    public void Page_tables_where_there_is_no_ram_fault_for_their_reserved_bits()
    {
        _machine.Place(LoadEaxFromRbx);
        _machine.Machine.Cpuid.PhysicalAddressBits.Should().BeLessThan(52);
        // The root's second entry leads out of RAM.
        _machine.WriteMemory(_machine.State.Cr3 + 8, 0x5000_0000 | 7);
        _machine.State.Registers.Rbx = 1UL << 39;
        var exit = Read(0);
        exit.GuestPhysical = 0x5000_0000;
        exit.DuringPageWalk = true;
        Run(exit).Should().Be(EmulationResult.Faulted);
        _machine.TakeException().ErrorCode.Should().Be((uint)(PageFaultCode.Present | PageFaultCode.Reserved));
    }

    /// <summary>The decoded instruction that is kept is used only for the same bytes at the same place.</summary>
    [Fact]
    public void Changed_code_is_decoded_again()
    {
        _machine.Place(LoadEaxFromRbx);
        ref var registers = ref _machine.State.Registers;
        registers.Rbx = EmulatorMachine.Mmio;
        Run(Read(0)).Should().Be(EmulationResult.Done);
        // mov ecx, [rbx]
        _machine.Place([0x8B, 0x0B]);
        _machine.Device.Bytes[0] = 0x99;
        Run(Read(0)).Should().Be(EmulationResult.Done);
        registers.Rax.Should().Be(0);
        registers.Rcx.Should().Be(0x99);
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        _machine.Place([0x8B, 0x03, 0x83, 0x0B, 0x01, 0xF3, 0xA5]);
        ref var registers = ref _machine.State.Registers;
        long before = 0;
        for (int i = 0; i < 300; i++)
        {
            // The first rounds let the test's own list grow.
            if (i == 100) before = GC.GetAllocatedBytesForCurrentThread();
            _machine.Device.Accesses.Clear();
            registers.Rbx = registers.Rsi = EmulatorMachine.Mmio;
            registers.Rdi = EmulatorMachine.Ram;
            registers.Rcx = 10;
            _machine.State.Rip = EmulatorMachine.Code;
            for (int instruction = 0; instruction < 3; instruction++) Run(Read(0));
            _machine.State.Rip -= EmulatorMachine.Code;
        }
        long after = GC.GetAllocatedBytesForCurrentThread();
        (after - before).Should().Be(0);
        _machine.State.Rip.Should().Be(7);
    }
}
