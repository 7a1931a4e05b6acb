using System;
using System.Linq;
using Lamina.Core;

namespace Lamina.Core.Tests.Emulation;

public sealed class PortIoTests : IDisposable
{
    private const ushort Port = 0x300;

    private readonly EmulatorMachine _machine = new();
    private readonly PortDevice _device = new();

    public PortIoTests() => _machine.Machine.Ports.TryRegister(_device, Port, 4).Should().BeTrue();

    public void Dispose() => _machine.Dispose();

    private EmulationResult Run(VmExit exit) => _machine.Vcpu.Emulator.EmulatePortIo(exit);

    private static VmExit Exit(PortAccess access, int size, ushort port = Port, int length = 1) => new()
    {
        Kind = VmExitKind.PortIo, Port = port, PortSize = (byte)size, PortAccess = access,
        InstructionLength = (byte)((access & PortAccess.String) != 0 ? 0 : length),
    };

    [Theory]
    [InlineData(1, 0xAAAA_BBBB_CCCC_DD44)]
    [InlineData(2, 0xAAAA_BBBB_CCCC_3344)]
    [InlineData(4, 0x0000_0000_1122_3344)]
    public void In_changes_as_much_of_rax_as_the_cpu_does(int size, ulong expected)
    {
        _machine.State.Registers.Rax = 0xAAAA_BBBB_CCCC_DDDD;
        _machine.State.Rip = 0x1000;
        Run(Exit(PortAccess.In, size)).Should().Be(EmulationResult.Done);
        _machine.State.Registers.Rax.Should().Be(expected);
        _machine.State.Rip.Should().Be(0x1001);
        _device.Reads.Should().Equal((Port, size));
    }

    [Theory]
    [InlineData(1, 0x88)]
    [InlineData(2, 0x7788)]
    [InlineData(4, 0x5566_7788)]
    public void Out_gives_the_device_what_is_written(int size, uint expected)
    {
        _machine.State.Registers.Rax = 0x1122_3344_5566_7788;
        Run(Exit(PortAccess.None, size)).Should().Be(EmulationResult.Done);
        _device.Writes.Should().Equal((Port, size, expected));
        _machine.State.Registers.Rax.Should().Be(0x1122_3344_5566_7788);
    }

    [Fact]
    public void Without_a_length_the_bytes_are_looked_at()
    {
        _machine.Place([0x66, 0xED]);
        Run(Exit(PortAccess.In, 2, length: 0)).Should().Be(EmulationResult.Done);
        _machine.State.Rip.Should().Be(EmulatorMachine.Code + 2);
        _machine.Place([0x90]);
        Run(Exit(PortAccess.In, 2, length: 0)).Should().Be(EmulationResult.Retry);
    }

    [Fact]
    public void Ports_at_which_nobody_answers_read_as_ones_and_are_counted()
    {
        Run(Exit(PortAccess.In, 2, 0x500)).Should().Be(EmulationResult.Done);
        _machine.State.Registers.Rax.Should().Be(0xFFFF);
        Run(Exit(PortAccess.None, 4, 0x500)).Should().Be(EmulationResult.Done);
        _machine.Machine.Counters.UnknownPorts.Should().Be(2);
    }

    [Fact]
    public void An_access_across_devices_is_split_into_bytes()
    {
        var neighbour = new PortDevice(0x77);
        _machine.Machine.Ports.TryRegister(neighbour, Port + 4, 1).Should().BeTrue();
        Run(Exit(PortAccess.In, 4, Port + 2)).Should().Be(EmulationResult.Done);
        _device.Reads.Should().Equal(((ushort)(Port + 2), 1), ((ushort)(Port + 3), 1));
        neighbour.Reads.Should().Equal(((ushort)(Port + 4), 1));
        _machine.State.Registers.Rax.Should().Be(0xFF77_4544);
        _machine.Machine.Counters.UnknownPorts.Should().Be(1);
    }

    [Fact]
    public void A_register_in_the_midst_of_another_is_met_by_bytes_only()
    {
        var outer = new PortDevice();
        var inner = new PortDevice();
        _machine.Machine.Ports.TryRegister(outer, 0xCF8, 1).Should().BeTrue();
        _machine.Machine.Ports.TryRegister(inner, 0xCF9, 1).Should().BeTrue();
        _machine.Machine.Ports.TryRegister(outer, 0xCFA, 2).Should().BeTrue();
        _machine.State.Registers.Rax = 0x8000_0010;
        Run(Exit(PortAccess.None, 4, 0xCF8)).Should().Be(EmulationResult.Done);
        outer.Writes.Should().Equal(((ushort)0xCF8, 4, 0x8000_0010u));
        inner.Writes.Should().BeEmpty();
    }

    [Fact]
    public void Outs_sends_memory_and_goes_on_in_the_next_turn()
    {
        _machine.Place([0xF3, 0x6E]);
        var source = _machine.Memory.Slice((int)EmulatorMachine.RamPhysical, 600);
        for (int i = 0; i < source.Length; i++) source[i] = (byte)(i * 7);
        byte[] expected = source.ToArray();
        ref var registers = ref _machine.State.Registers;
        registers.Rsi = EmulatorMachine.Ram;
        registers.Rcx = 600;
        registers.Rdx = 0xFFFF_0000 | Port;
        _machine.State.InterruptShadow = true;

        var exit = Exit(PortAccess.String | PortAccess.Repeat, 1);
        Run(exit).Should().Be(EmulationResult.Partial);
        registers.Rcx.Should().Be(600 - StringInstructions.MostElements);
        registers.Rsi.Should().Be(EmulatorMachine.Ram + StringInstructions.MostElements);
        _machine.State.Rip.Should().Be(EmulatorMachine.Code);
        _machine.State.InterruptShadow.Should().BeFalse("an interrupt may come between two elements");
        (_machine.State.Rflags & Rflags.Resume).Should().NotBe(0, "as between two iterations");
        Run(exit).Should().Be(EmulationResult.Partial);
        Run(exit).Should().Be(EmulationResult.Done);
        registers.Rcx.Should().Be(0);
        _machine.State.Rip.Should().Be(EmulatorMachine.Code + 2);
        (_machine.State.Rflags & Rflags.Resume).Should().Be(0);
        _device.Writes.Select(write => (byte)write.Value).Should().Equal(expected);
    }

    [Fact]
    public void Ins_goes_downwards_when_told_so()
    {
        _machine.Place([0xF3, 0x6D]);
        ref var registers = ref _machine.State.Registers;
        registers.Rdi = EmulatorMachine.Ram + 0x100;
        registers.Rcx = 2;
        registers.Rdx = Port;
        _machine.State.Rflags |= Rflags.Direction;
        Run(Exit(PortAccess.In | PortAccess.String | PortAccess.Repeat, 4)).Should().Be(EmulationResult.Done);
        registers.Rdi.Should().Be(EmulatorMachine.Ram + 0xF8);
        _machine.ReadMemory(EmulatorMachine.RamPhysical + 0xFC).Should().Be(0x1122_3344_1122_3345);
    }

    [Fact]
    public void A_fault_in_the_middle_leaves_the_registers_at_its_element()
    {
        _machine.Place([0xF3, 0x6D]);
        ref var registers = ref _machine.State.Registers;
        registers.Rdi = EmulatorMachine.Ram + EmulatorMachine.PageSize - 10;
        registers.Rcx = 5;
        registers.Rdx = Port;
        Run(Exit(PortAccess.In | PortAccess.String | PortAccess.Repeat, 4)).Should().Be(EmulationResult.Faulted);
        registers.Rcx.Should().Be(3);
        registers.Rdi.Should().Be(EmulatorMachine.Ram + EmulatorMachine.PageSize - 2);
        _device.Reads.Should().HaveCount(2, "the device is not read for an element that cannot be stored");
        _machine.State.Rip.Should().Be(EmulatorMachine.Code);
        var fault = _machine.TakeException();
        fault.Vector.Should().Be((byte)ExceptionVector.PageFault);
        fault.ErrorCode.Should().Be((uint)PageFaultCode.Write);
        _machine.State.Cr2.Should().Be(EmulatorMachine.Ram + EmulatorMachine.PageSize);
    }

    [Fact]
    public void Single_steps_come_after_each_element()
    {
        _machine.Place([0xF3, 0x6E]);
        ref var registers = ref _machine.State.Registers;
        registers.Rsi = EmulatorMachine.Ram;
        registers.Rcx = 3;
        registers.Rdx = Port;
        _machine.State.Rflags |= Rflags.Trap;
        var exit = Exit(PortAccess.String | PortAccess.Repeat, 1);
        for (int left = 2; left >= 0; left--)
        {
            Run(exit).Should().Be(left == 0 ? EmulationResult.Done : EmulationResult.Partial);
            registers.Rcx.Should().Be((ulong)left);
            _machine.TakeException().Vector.Should().Be((byte)ExceptionVector.Debug);
        }
        _machine.State.Rip.Should().Be(EmulatorMachine.Code + 2);
    }

    [Fact]
    public void Sixteen_bit_addresses_wrap_and_segments_are_overridden()
    {
        // gs: a16 rep outsb
        _machine.EnterProtectedMode(16, [0x65, 0xF3, 0x6E]);
        var gs = _machine.State.GetSegment(SegmentName.Gs);
        gs.Base = 0x2_0000;
        _machine.State.SetSegment(SegmentName.Gs, gs);
        _machine.Memory[0x2_FFFF] = 0x11;
        _machine.Memory[0x2_0000] = 0x22;
        ref var registers = ref _machine.State.Registers;
        registers.Rsi = 0xABCD_FFFF;
        registers.Rcx = 0xABCD_0002;
        registers.Rdx = Port;
        Run(Exit(PortAccess.String | PortAccess.Repeat, 1)).Should().Be(EmulationResult.Done);
        _device.Writes.Select(write => write.Value).Should().Equal(0x11u, 0x22u);
        registers.Rsi.Should().Be(0xABCD_0001);
        registers.Rcx.Should().Be(0xABCD_0000);
    }

    [Fact]
    public void Another_instruction_is_left_to_the_guest()
    {
        _machine.Place([0xF3, 0xA4]);
        Run(Exit(PortAccess.String | PortAccess.Repeat, 1)).Should().Be(EmulationResult.Retry);
    }
}
