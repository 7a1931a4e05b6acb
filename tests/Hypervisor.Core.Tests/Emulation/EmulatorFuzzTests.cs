using System;
using FsCheck;
using FsCheck.Fluent;
using Lamina.Core;

namespace Lamina.Core.Tests.Emulation;

/// <summary>Whatever a guest's bytes, registers, tables and modes are: nothing throws, and RIP moves only when an instruction is done.</summary>
public sealed class EmulatorFuzzTests
{
    private const int Rounds = 3000;

    [Fact]
    public void Anything_is_done_refused_or_made_an_exception()
    {
        int done = 0, faulted = 0;
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(8), Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            using var machine = new EmulatorMachine();
            var random = new Random(seed);
            machine.Machine.Ports.TryRegister(new PortDevice(), 0, 0x4000);
            for (int round = 0; round < Rounds; round++)
            {
                ulong rip = Prepare(machine, random);
                machine.Device.Accesses.Clear();
                var result = Emulate(machine.Vcpu.Emulator, random);
                if (result == EmulationResult.Done) done++;
                if (result == EmulationResult.Faulted) faulted++;
                if (result != EmulationResult.Done) machine.State.Rip.Should().Be(rip);
                machine.TakeException();
                machine.Vcpu.Emulator.LastInstruction.Length.Should().BeLessThanOrEqualTo(15);
            }
        }));
        done.Should().BeGreaterThan(100);
        faulted.Should().BeGreaterThan(100);
    }

    private static EmulationResult Emulate(InstructionEmulator emulator, Random random)
    {
        switch (random.Next(4))
        {
            case 0:
                int size = 1 << random.Next(3);
                return emulator.EmulatePortIo(new VmExit
                {
                    Kind = VmExitKind.PortIo, Port = (ushort)random.Next(65536), PortSize = (byte)size, PortAccess = (PortAccess)random.Next(8),
                });
            case 1:
                var kinds = Enum.GetValues<VmExitKind>();
                var exit = new VmExit { Kind = kinds[random.Next(kinds.Length)], ControlRegister = (byte)random.Next(20), GeneralRegister = 0xFF };
                if (random.Next(2) == 0) emulator.TryGetNextRip(exit, out _);
                else emulator.TryDecodeControlRegisterMove(exit, out _, out _);
                return EmulationResult.Retry;
            default:
                return emulator.EmulateMemoryAccess(new VmExit
                {
                    Kind = VmExitKind.SecondLevelFault,
                    GuestPhysical = EmulatorMachine.DevicePhysical + (ulong)random.Next(2 * EmulatorMachine.PageSize),
                    Access = (MemoryAccess)random.Next(8),
                    DuringPageWalk = random.Next(8) == 0,
                    InstructionByteCount = (byte)(random.Next(4) == 0 ? 15 : 0),
                    InstructionBytesLow = (ulong)random.NextInt64(),
                    InstructionBytesHigh = (ulong)random.NextInt64(),
                });
        }
    }

    /// <summary>Half of the time 64-bit code that likely reaches the device, else anything.</summary>
    private static ulong Prepare(EmulatorMachine machine, Random random)
    {
        Span<byte> code = stackalloc byte[15];
        random.NextBytes(code);
        ReadOnlySpan<byte> common = [0x88, 0x89, 0x8A, 0x8B, 0xC7, 0xA4, 0xA5, 0xAB, 0x01, 0x31, 0x81, 0x87, 0x6D, 0x6F, 0xE5, 0xEF];
        if (random.Next(2) == 0) code[0] = common[random.Next(common.Length)];
        if (random.Next(4) == 0) code[0] = 0xF3;

        var state = machine.State;
        state.Efer = Efer.LongModeActive | Efer.LongModeEnable;
        state.Cr4 = Cr4.PhysicalAddressExtension;
        state.Cr3 = 0x1000;
        bool isWild = random.Next(2) == 0;
        if (isWild && random.Next(2) == 0)
        {
            machine.EnterProtectedMode(random.Next(2) == 0 ? 32 : 16, code);
            if (random.Next(4) == 0) state.Cr0 = 0;
        }
        else
        {
            state.Cr0 = Cr0.Paging | Cr0.ProtectionEnable;
            state.SetSegment(SegmentName.Cs, new SegmentRegister(8, SegmentAttributes.Long | SegmentAttributes.Present, uint.MaxValue, 0));
            machine.Place(code, (ulong)random.Next(2 * EmulatorMachine.PageSize - 15));
        }
        for (int i = 0; i < GeneralRegisters.Count; i++)
        {
            state.Registers[i] = isWild ? (ulong)random.NextInt64(long.MinValue, long.MaxValue)
                : (random.Next(3) == 0 ? EmulatorMachine.Ram : EmulatorMachine.Mmio) + (ulong)random.Next(EmulatorMachine.PageSize);
        }
        if (random.Next(3) == 0) state.Registers.Rcx = (ulong)random.Next(1000);
        state.Rflags = Rflags.AlwaysOne | ((Rflags)random.NextInt64() & (Rflags.Arithmetic | Rflags.Direction | Rflags.Trap | Rflags.AlignmentCheck));
        state.PrivilegeLevel = random.Next(2) * 3;
        if (isWild)
        {
            state.Cr4 ^= (Cr4)random.NextInt64() & (Cr4.SupervisorAccessPrevention | Cr4.SupervisorExecutionPrevention | Cr4.LinearAddress57);
            if (random.Next(4) == 0) state.Cr4 ^= Cr4.PhysicalAddressExtension | Cr4.PageSizeExtensions;
            if (random.Next(4) == 0) state.Cr3 = (ulong)random.NextInt64();
            if (random.Next(8) == 0) state.Rip = (ulong)random.NextInt64(long.MinValue, long.MaxValue);
            if (random.Next(4) == 0)
            {
                var name = (SegmentName)random.Next(6);
                state.SetSegment(name, new SegmentRegister(0, (SegmentAttributes)random.Next(4096), (uint)random.Next(), (uint)random.Next()));
            }
        }
        return state.Rip;
    }
}
