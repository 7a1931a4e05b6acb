using System;
using System.Linq;
using FsCheck;
using FsCheck.Fluent;
using Iced.Intel;
using Lamina.Core.Tests.Emulation;

namespace Lamina.Core.Tests.Devices;

/// <summary>Instructions of a vCPU that is away from its VM's devices do what they do at home: the same registers, flags and RAM, and the devices meet the same in the same order.</summary>
public sealed class AwayInstructionTests
{
    private const int Sequences = 200;
    private const int MostInSequence = 8;
    private const int MostElements = 12;
    private const int PageSize = EmulatorMachine.PageSize;

    private static readonly Code[] s_forms = [.. InstructionForms.InMemory64];

    private static readonly (Code Code, int Size, bool Reads, bool Writes)[] s_strings =
    [
        (Code.Movsb_m8_m8, 1, true, true), (Code.Movsw_m16_m16, 2, true, true), (Code.Movsd_m32_m32, 4, true, true), (Code.Movsq_m64_m64, 8, true, true),
        (Code.Stosb_m8_AL, 1, false, true), (Code.Stosw_m16_AX, 2, false, true), (Code.Stosd_m32_EAX, 4, false, true), (Code.Stosq_m64_RAX, 8, false, true),
        (Code.Lodsb_AL_m8, 1, true, false), (Code.Lodsw_AX_m16, 2, true, false), (Code.Lodsd_EAX_m32, 4, true, false), (Code.Lodsq_RAX_m64, 8, true, false),
    ];

    private static readonly (Code Code, int Size, bool IsIn)[] s_portStrings =
    [
        (Code.Insb_m8_DX, 1, true), (Code.Insw_m16_DX, 2, true), (Code.Insd_m32_DX, 4, true),
        (Code.Outsb_DX_m8, 1, false), (Code.Outsw_DX_m16, 2, false), (Code.Outsd_DX_m32, 4, false),
    ];

    [Fact]
    public void Whatever_the_instructions_are_all_is_as_at_home()
    {
        int waits = 0;
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(10), Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed => waits += RunSequences(new Random(seed))));
        waits.Should().BeGreaterThan(1000);
    }

    private static int RunSequences(Random random)
    {
        using AwayMachine home = new(isAway: false), away = new(isAway: true);
        var machines = new[] { home, away };
        foreach (var machine in machines) machine.Vcpu.IsAway.Should().Be(machine == away);
        for (int sequence = 0; sequence < Sequences; sequence++)
        {
            string what = "";
            for (int i = random.Next(1, MostInSequence + 1); i > 0; i--)
            {
                for (int register = 0; register < GeneralRegisters.Count; register++)
                    home.State.Registers[register] = away.State.Registers[register] = (ulong)random.NextInt64(long.MinValue, long.MaxValue);
                home.State.Rflags = away.State.Rflags = Rflags.AlwaysOne | ((Rflags)random.NextInt64() & (Rflags.Arithmetic | Rflags.Direction));
                var make = random.Next(4) switch { 0 => MakeString(random), 1 => MakePort(random), 2 => MakePortString(random), _ => MakeForm(random) };
                what += $"{make.Instruction}; ";
                foreach (var machine in machines)
                {
                    make.Prepare(machine);
                    // At the same time it is done: what was posted may wait on.
                    machine.Run(() => make.Exit(machine));
                }
                Enumerable.Range(0, GeneralRegisters.Count).Select(register => away.State.Registers[register])
                    .Should().Equal(Enumerable.Range(0, GeneralRegisters.Count).Select(register => home.State.Registers[register]), what);
                away.State.Rflags.Should().Be(home.State.Rflags, what);
                away.State.Rip.Should().Be(home.State.Rip, what);
                away.State.Injected.Should().Equal(home.State.Injected, what);
                if (random.Next(4) == 0) away.ServeDevices();
            }
            away.ServeDevices();
            away.Device.Log.Should().Equal(home.Device.Log, what);
            away.Ram.Should().Equal(home.Ram, what);
            home.Device.Reset();
            away.Device.Reset();
        }
        home.Waits.Should().Be(0);
        return away.Waits;
    }

    /// <summary>An instruction, what makes a machine ready for it, and the exit that hardware would make of what is left of it.</summary>
    private sealed record Step(string Instruction, Action<AwayMachine> Prepare, Func<AwayMachine, VmExit> Exit);

    // Eight bytes from there on lie in the area, and often over the edge of a page.
    private static ulong RandomPlace(Random random)
    {
        int page = random.Next(AwayMachine.AreaPages);
        int offset = page < AwayMachine.AreaPages - 1 && random.Next(2) == 0 ? PageSize - random.Next(1, 8) : random.Next(PageSize - 8);
        return AwayMachine.Area + (ulong)(page * PageSize + offset);
    }

    private static Step MakeForm(Random random)
    {
        while (true)
        {
            var code = s_forms[random.Next(s_forms.Length)];
            ulong target = RandomPlace(random);
            bool isOffset = InstructionForms.Operands(code).Contains(OpCodeOperandKind.mem_offs);
            var memory = new MemoryOperand(Register.None, Register.None, 1, (long)target, isOffset && random.Next(2) == 0 ? 4 : 8);
            var instruction = InstructionForms.Make(code, random, memory);
            MemoryForm.Of(code, out int size);
            if (!AwayMachine.IsDevice(target, size, out ulong gpa)) continue;
            if (code.ToOpCode().CanUseLockPrefix && instruction.Op0Kind == OpKind.Memory && random.Next(3) == 0) instruction.HasLockPrefix = true;
            if (!InstructionForms.TryAssemble(instruction, EmulatorMachine.Code, out byte[] bytes)) continue;

            var mnemonic = code.Mnemonic();
            bool isBitTest = mnemonic is Mnemonic.Bt or Mnemonic.Bts or Mnemonic.Btr or Mnemonic.Btc;
            ulong bit = (ulong)random.Next(size * 8);
            var access = instruction.Op0Kind != OpKind.Memory || mnemonic is Mnemonic.Cmp or Mnemonic.Test or Mnemonic.Bt ? MemoryAccess.Read
                : mnemonic is Mnemonic.Mov or Mnemonic.Movnti ? MemoryAccess.Write : MemoryAccess.ReadWrite;
            return new(instruction.ToString(), machine =>
            {
                machine.Emulator.Place(bytes);
                // Within the operand: what it touches is then what the exit says.
                if (isBitTest && instruction.Op1Kind == OpKind.Register) RegisterOperand.Of(instruction.Op1Register).Write(ref machine.State.Registers, bit);
            }, _ => new VmExit { Kind = VmExitKind.SecondLevelFault, GuestPhysical = gpa, Access = access });
        }
    }

    private static Step MakeString(Random random)
    {
        var (code, size, reads, writes) = s_strings[random.Next(s_strings.Length)];
        ulong source, destination;
        do
        {
            source = RandomPlace(random);
            destination = RandomPlace(random);
        }
        while (!(reads && AwayMachine.IsDevice(source, size, out _)) && !(writes && AwayMachine.IsDevice(destination, size, out _)));
        bool repeats = random.Next(4) != 0;
        ulong count = (ulong)random.Next(1, MostElements + 1);
        byte[] bytes = StringBytes(code, repeats);
        return new($"{code} {source:X} {destination:X} {count}", machine => PrepareString(machine, bytes, source, destination, count), machine =>
        {
            ref var registers = ref machine.State.Registers;
            ulong gpa = 0;
            bool isRead = reads && AwayMachine.IsDevice(registers.Rsi, size, out gpa);
            // Until an element meets a device again hardware carries them out itself.
            if (!isRead && !(writes && AwayMachine.IsDevice(registers.Rdi, size, out gpa)))
                throw new InvalidOperationException("it was given up between two elements, though the first of what is left meets no device");
            return new VmExit { Kind = VmExitKind.SecondLevelFault, GuestPhysical = gpa, Access = isRead ? MemoryAccess.Read : MemoryAccess.Write };
        });
    }

    private static Step MakePortString(Random random)
    {
        var (code, size, isIn) = s_portStrings[random.Next(s_portStrings.Length)];
        ulong source = RandomPlace(random), destination = RandomPlace(random), count = (ulong)random.Next(1, MostElements + 1);
        bool repeats = random.Next(4) != 0;
        byte[] bytes = StringBytes(code, repeats);
        ushort port = RandomPort(random, size);
        return new($"{code} {source:X} {destination:X} {count}", machine =>
        {
            PrepareString(machine, bytes, source, destination, count);
            machine.State.Registers.Rdx = port;
        }, _ => new VmExit
        {
            Kind = VmExitKind.PortIo, Port = port, PortSize = (byte)size,
            PortAccess = PortAccess.String | (isIn ? PortAccess.In : PortAccess.None) | (repeats ? PortAccess.Repeat : PortAccess.None),
        });
    }

    private static Step MakePort(Random random)
    {
        int size = 1 << random.Next(3);
        ushort port = RandomPort(random, size);
        var access = random.Next(2) == 0 ? PortAccess.In : PortAccess.None;
        return new($"{access} {port:X}", machine => machine.Emulator.Place([0x90]), _ => new VmExit
        {
            Kind = VmExitKind.PortIo, Port = port, PortSize = (byte)size, PortAccess = access, InstructionLength = 1,
        });
    }

    // Now and then one at which nobody answers.
    private static ushort RandomPort(Random random, int size) => (ushort)(AwayMachine.Port + random.Next(AwayMachine.Ports + 4 - size));

    private static byte[] StringBytes(Code code, bool repeats)
    {
        byte[] plain = code switch
        {
            Code.Movsb_m8_m8 => [0xA4],
            Code.Movsw_m16_m16 => [0x66, 0xA5],
            Code.Movsd_m32_m32 => [0xA5],
            Code.Movsq_m64_m64 => [0x48, 0xA5],
            Code.Stosb_m8_AL => [0xAA],
            Code.Stosw_m16_AX => [0x66, 0xAB],
            Code.Stosd_m32_EAX => [0xAB],
            Code.Stosq_m64_RAX => [0x48, 0xAB],
            Code.Lodsb_AL_m8 => [0xAC],
            Code.Lodsw_AX_m16 => [0x66, 0xAD],
            Code.Lodsd_EAX_m32 => [0xAD],
            Code.Lodsq_RAX_m64 => [0x48, 0xAD],
            Code.Insb_m8_DX => [0x6C],
            Code.Insw_m16_DX => [0x66, 0x6D],
            Code.Insd_m32_DX => [0x6D],
            Code.Outsb_DX_m8 => [0x6E],
            Code.Outsw_DX_m16 => [0x66, 0x6F],
            Code.Outsd_DX_m32 => [0x6F],
            _ => throw new ArgumentOutOfRangeException(nameof(code)),
        };
        return repeats ? [0xF3, .. plain] : plain;
    }

    // Some run out of the area, which is a page fault.
    private static void PrepareString(AwayMachine machine, byte[] bytes, ulong source, ulong destination, ulong count)
    {
        machine.Emulator.Place(bytes);
        ref var registers = ref machine.State.Registers;
        registers.Rsi = source;
        registers.Rdi = destination;
        registers.Rcx = count;
    }
}
