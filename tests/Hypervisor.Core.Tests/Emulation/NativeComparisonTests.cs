using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using Iced.Intel;
using Lamina.Core;

namespace Lamina.Core.Tests.Emulation;

/// <summary>Every form of every instruction that the emulator carries out, against the CPU that runs the test: registers, flags and memory.</summary>
public sealed class NativeComparisonTests : IDisposable
{
    private const ulong CodePhysical = 0x8_0000;
    private const ulong RamPhysical = 0x9_0000;
    private const int PageSize = EmulatorMachine.PageSize;
    private const int Rounds = 60;
    private const Rflags Compared = Rflags.Arithmetic | Rflags.Direction;

    private readonly NativeMachine _native = new();
    private readonly EmulatorMachine _machine = new();
    private readonly ulong _data;

    public NativeComparisonTests()
    {
        // Device, RAM, device: linear addresses are those of the native pages.
        _data = _native.DataAddress;
        _machine.Map(_data, EmulatorMachine.DevicePhysical);
        _machine.Map(_data + PageSize, RamPhysical);
        _machine.Map(_data + 2 * PageSize, EmulatorMachine.DevicePhysical + PageSize);
        _machine.Map(_native.InstructionAddress & ~(PageSize - 1UL), CodePhysical);
    }

    public void Dispose()
    {
        _machine.Dispose();
        _native.Dispose();
    }

    public static TheoryData<Mnemonic> Mnemonics => [.. InstructionForms.InMemory64.Select(code => code.Mnemonic()).Distinct()];

    [Theory]
    [MemberData(nameof(Mnemonics))]
    public void Instruction_does_what_the_cpu_does(Mnemonic mnemonic)
    {
        foreach (var code in InstructionForms.InMemory64.Where(code => code.Mnemonic() == mnemonic))
        {
            var random = new Random((int)code);
            int compared = 0;
            for (int round = 0; round < Rounds; round++)
                if (TryCompareOne(code, random)) compared++;
            compared.Should().BeGreaterThan(Rounds / 2, "most random operands of {0} can be encoded", code);
        }
    }

    [Fact]
    public void All_forms_are_met() => InstructionForms.InMemory64.Should().HaveCountGreaterThan(100);

    [Theory]
    [InlineData(Code.Movsb_m8_m8, 1)]
    [InlineData(Code.Movsw_m16_m16, 2)]
    [InlineData(Code.Movsd_m32_m32, 4)]
    [InlineData(Code.Movsq_m64_m64, 8)]
    [InlineData(Code.Stosb_m8_AL, 1)]
    [InlineData(Code.Stosw_m16_AX, 2)]
    [InlineData(Code.Stosd_m32_EAX, 4)]
    [InlineData(Code.Stosq_m64_RAX, 8)]
    [InlineData(Code.Lodsb_AL_m8, 1)]
    [InlineData(Code.Lodsw_AX_m16, 2)]
    [InlineData(Code.Lodsd_EAX_m32, 4)]
    [InlineData(Code.Lodsq_RAX_m64, 8)]
    public void String_instruction_does_what_the_cpu_does(Code code, int size)
    {
        var random = new Random((int)code);
        for (int round = 0; round < Rounds; round++)
        {
            bool shortAddresses = random.Next(4) == 0;
            bool repeats = random.Next(3) != 0;
            // Enough for more than one exit, in some rounds.
            int most = NativeMachine.DataLength / 2 / size - 2;
            // With ECX zero, Intel's CPUs clear the upper half of RCX and AMD's do not: no element, so no device either way.
            int count = !shortAddresses && random.Next(5) == 0 ? 0 : random.Next(1, Math.Min(most, round % 4 == 0 ? 700 : 20));
            bool down = random.Next(2) == 0;

            var registers = RandomRegisters(random);
            registers.Rcx = (uint)count | (shortAddresses ? (ulong)random.NextInt64() << 32 : 0);
            int span = count * size;
            registers.Rsi = _data + (ulong)(down ? random.Next(span, NativeMachine.DataLength - size) : random.Next(NativeMachine.DataLength - span - size));
            registers.Rdi = _data + (ulong)(down ? random.Next(span, NativeMachine.DataLength - size) : random.Next(NativeMachine.DataLength - span - size));
            var flags = Rflags.AlwaysOne | (down ? Rflags.Direction : 0);

            byte[] plain = InstructionForms.Assemble(StringInstruction(code), 0);
            byte[] prefixes = [.. shortAddresses ? new byte[] { 0x67 } : [], .. repeats ? new byte[] { 0xF3 } : []];
            Compare([.. prefixes, .. plain], registers, flags, random, Access.Unknown, tryAllPages: true);
        }
    }

    private static Instruction StringInstruction(Code code) => code.Mnemonic() switch
    {
        Mnemonic.Movsb => Instruction.CreateMovsb(64),
        Mnemonic.Movsw => Instruction.CreateMovsw(64),
        Mnemonic.Movsd => Instruction.CreateMovsd(64),
        Mnemonic.Movsq => Instruction.CreateMovsq(64),
        Mnemonic.Stosb => Instruction.CreateStosb(64),
        Mnemonic.Stosw => Instruction.CreateStosw(64),
        Mnemonic.Stosd => Instruction.CreateStosd(64),
        Mnemonic.Stosq => Instruction.CreateStosq(64),
        Mnemonic.Lodsb => Instruction.CreateLodsb(64),
        Mnemonic.Lodsw => Instruction.CreateLodsw(64),
        Mnemonic.Lodsd => Instruction.CreateLodsd(64),
        _ => Instruction.CreateLodsq(64),
    };

    private enum Access
    {
        Unknown,
        Load,
        Store,
    }

    private bool TryCompareOne(Code code, Random random)
    {
        var registers = RandomRegisters(random);
        int size = code.ToOpCode().MemorySize.GetSize();
        // Where the operand lies: in a device's page, or from one into RAM, or from RAM into one.
        int offset = random.Next(4) switch
        {
            0 => random.Next(PageSize - 8),
            1 => PageSize - random.Next(1, 8),
            2 => 2 * PageSize - random.Next(0, size),
            _ => 2 * PageSize + random.Next(PageSize - 8),
        };
        ulong target = _data + (ulong)offset;
        bool isBitTest = code.Mnemonic() is Mnemonic.Bt or Mnemonic.Bts or Mnemonic.Btr or Mnemonic.Btc;

        MemoryOperand memory;
        if (InstructionForms.Operands(code).Contains(OpCodeOperandKind.mem_offs))
        {
            memory = new MemoryOperand(Register.None, Register.None, 1, (long)target, random.Next(2) == 0 ? 4 : 8);
        }
        else switch (random.Next(4))
        {
            case 0:
                memory = new MemoryOperand(Register.None, Register.None, 1, (long)target, 8);
                break;
            case 1:
                memory = new MemoryOperand(Register.RIP, Register.None, 1, (long)target, 8);
                break;
            default:
                memory = RandomOperand(random, ref registers, target);
                break;
        }
        var instruction = InstructionForms.Make(code, random, memory);
        if (instruction.Op1Kind == OpKind.Register && isBitTest)
        {
            // The bit offset reaches beyond the operand, but not out of the data; the base register, if it is the same, takes the offset along.
            var bitOffset = RegisterOperand.Of(instruction.Op1Register);
            if (memory.Base != Register.None && memory.Base != Register.RIP
                && (Same(memory.Base, instruction.Op1Register) || Same(memory.Index, instruction.Op1Register))) return false;
            bitOffset.Write(ref registers, (ulong)random.Next(-8 * Math.Min(offset, 4000), 8 * Math.Min(NativeMachine.DataLength - offset - 8, 4000)));
        }
        // CMPXCHG should find equal ones now and then.
        if (code.Mnemonic() == Mnemonic.Cmpxchg && memory.Base == Register.None && random.Next(2) == 0)
            registers.Rax = MemoryMarshal.Read<ulong>(_native.Data[Math.Min(offset, NativeMachine.DataLength - 8)..]);
        if (code.ToOpCode().CanUseLockPrefix && instruction.Op0Kind == OpKind.Memory && random.Next(3) == 0) instruction.HasLockPrefix = true;

        var flags = Rflags.AlwaysOne | ((Rflags)random.NextInt64() & Rflags.Arithmetic);
        // AH and its like cannot be had together with some registers.
        if (!InstructionForms.TryAssemble(instruction, _native.InstructionAddress, out byte[] bytes)) return false;
        var access = instruction.Mnemonic != Mnemonic.Mov || random.Next(2) == 0 ? Access.Unknown
            : instruction.Op0Kind == OpKind.Memory ? Access.Store : Access.Load;
        Compare(bytes, registers, flags, random, access, tryAllPages: isBitTest, offset);
        return true;
    }

    private static bool Same(Register left, Register right) =>
        RegisterOperand.Of(left).Size != 0 && RegisterOperand.Of(left).Number == RegisterOperand.Of(right).Number;

    private static MemoryOperand RandomOperand(Random random, ref GeneralRegisters registers, ulong target)
    {
        bool isShort = random.Next(3) == 0;
        int @base = random.Next(15), index = random.Next(15);
        if (@base >= 4) @base++;
        if (index >= 4) index++;
        int displacement = random.Next(3) switch { 0 => 0, 1 => random.Next(-128, 128), _ => random.Next(-1_000_000, 1_000_000) };
        int scale = 1 << random.Next(4);
        bool hasIndex = random.Next(2) == 0 && index != @base;
        ulong rest = target - (ulong)(long)displacement - (hasIndex ? registers[index] * (ulong)scale : 0);
        registers[@base] = isShort ? (uint)rest | (ulong)random.NextInt64() << 32 : rest;
        var first = isShort ? Register.EAX : Register.RAX;
        return new MemoryOperand(first + @base, hasIndex ? first + index : Register.None, scale, displacement, displacement == 0 ? 0 : isShort ? 4 : 8);
    }

    private static GeneralRegisters RandomRegisters(Random random)
    {
        GeneralRegisters registers = default;
        for (int i = 0; i < GeneralRegisters.Count; i++) registers[i] = (ulong)random.NextInt64(long.MinValue, long.MaxValue);
        return registers;
    }

    private void Compare(
        byte[] bytes, GeneralRegisters registers, Rflags flags, Random random, Access access, bool tryAllPages, int? dataOffset = null)
    {
        random.NextBytes(_native.Data);
        _native.Data[..PageSize].CopyTo(_machine.Device.Bytes);
        _native.Data.Slice(PageSize, PageSize).CopyTo(_machine.Memory[(int)RamPhysical..]);
        _native.Data[(2 * PageSize)..].CopyTo(_machine.Device.Bytes.AsSpan(PageSize));

        ulong address = _native.InstructionAddress;
        bytes.CopyTo(_machine.Memory[(int)(CodePhysical + (address & (PageSize - 1)))..]);
        var state = _machine.State;
        state.Registers = registers;
        state.Rflags = flags;
        state.Rip = address;
        string what = Convert.ToHexString(bytes);

        var exit = new VmExit { Kind = VmExitKind.SecondLevelFault, GuestPhysical = EmulatorMachine.DevicePhysical, Access = MemoryAccess.Read };
        if (dataOffset is { } offset)
        {
            exit.GuestPhysical = offset < PageSize ? EmulatorMachine.DevicePhysical + (ulong)offset
                : offset < 2 * PageSize ? EmulatorMachine.DevicePhysical + PageSize
                : EmulatorMachine.DevicePhysical + (ulong)(offset - PageSize);
            if (access == Access.Unknown) exit.GuestPhysical &= ~(ulong)(PageSize - 1);
            if (access == Access.Store) exit.Access = MemoryAccess.Write;
        }
        var result = Emulate(ref exit, tryAllPages);
        result.Should().Be(EmulationResult.Done, what);
        _machine.TakeException().IsValid.Should().BeFalse(what);

        _native.Run(bytes, ref registers, ref flags);

        for (int i = 0; i < GeneralRegisters.Count; i++) state.Registers[i].Should().Be(registers[i], "register {0} of {1}", i, what);
        (state.Rflags & Compared).Should().Be(flags & Compared, what);
        state.Rip.Should().Be(address + (ulong)bytes.Length, what);
        _machine.Device.Bytes.AsSpan(0, PageSize).SequenceEqual(_native.Data[..PageSize]).Should().BeTrue(what);
        _machine.Memory.Slice((int)RamPhysical, PageSize).SequenceEqual(_native.Data.Slice(PageSize, PageSize)).Should().BeTrue(what);
        _machine.Device.Bytes.AsSpan(PageSize).SequenceEqual(_native.Data[(2 * PageSize)..]).Should().BeTrue(what);
    }

    /// <summary>
    /// As the CPU would: exits as long as a part is done. Where the test does not know which page is met, each of them is tried: only the right one is taken.
    /// </summary>
    private EmulationResult Emulate(ref VmExit exit, bool tryAllPages)
    {
        ReadOnlySpan<ulong> pages = [exit.GuestPhysical, EmulatorMachine.DevicePhysical, EmulatorMachine.DevicePhysical + PageSize, RamPhysical];
        EmulationResult result;
        int exits = 0;
        do
        {
            int page = 0;
            do
            {
                exit.GuestPhysical = pages[page];
                result = _machine.Vcpu.Emulator.EmulateMemoryAccess(exit);
            }
            while (result == EmulationResult.Retry && tryAllPages && ++page < pages.Length);
        }
        while (result == EmulationResult.Partial && ++exits < 10);
        return result;
    }
}
