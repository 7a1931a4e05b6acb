using System;
using System.Linq;
using Iced.Intel;
using Lamina.Core;

namespace Lamina.Core.Tests.Emulation;

public sealed class NextRipTests : IDisposable
{
    private readonly EmulatorMachine _machine = new();

    public void Dispose() => _machine.Dispose();

    private InstructionEmulator Emulator => _machine.Vcpu.Emulator;

    public static TheoryData<VmExitKind, byte[]> Instructions => new()
    {
        { VmExitKind.Cpuid, [0x0F, 0xA2] },
        { VmExitKind.Halt, [0xF4] },
        { VmExitKind.ReadMsr, [0x0F, 0x32] },
        { VmExitKind.WriteMsr, [0x0F, 0x30] },
        { VmExitKind.Hypercall, [0x0F, 0x01, 0xD9] },
        { VmExitKind.Hypercall, [0x0F, 0x01, 0xC1] },
        { VmExitKind.SetXcr, [0x0F, 0x01, 0xD1] },
        { VmExitKind.InvalidateCaches, [0x0F, 0x08] },
        { VmExitKind.InvalidateCaches, [0x0F, 0x09] },
        { VmExitKind.ReadPerformanceCounter, [0x0F, 0x33] },
        { VmExitKind.Monitor, [0x0F, 0x01, 0xC8] },
        { VmExitKind.Mwait, [0x0F, 0x01, 0xC9] },
        { VmExitKind.Pause, [0xF3, 0x90] },
        { VmExitKind.PortIo, [0xE4, 0x60] },
        { VmExitKind.PortIo, [0xE5, 0x60] },
        { VmExitKind.PortIo, [0xE6, 0x60] },
        { VmExitKind.PortIo, [0xE7, 0x60] },
        { VmExitKind.PortIo, [0x66, 0xE7, 0x60] },
        { VmExitKind.PortIo, [0xEC] },
        { VmExitKind.PortIo, [0xED] },
        { VmExitKind.PortIo, [0xEE] },
        { VmExitKind.PortIo, [0xEF] },
        { VmExitKind.PortIo, [0x66, 0xEF] },
    };

    [Theory]
    [MemberData(nameof(Instructions))]
    public void The_plain_length_is_what_iced_says(VmExitKind kind, byte[] bytes)
    {
        var decoder = Decoder.Create(64, new ByteArrayCodeReader([.. bytes, 0x90, 0x90, 0x90]));
        uint word = BitConverter.ToUInt32([.. bytes, 0x90, 0x90, 0x90]);
        decoder.Decode(out var instruction);
        PlainInstruction.Length(kind, word).Should().Be(instruction.Length).And.Be(bytes.Length);
        PlainInstruction.Matches(kind, instruction.Code).Should().BeTrue();
    }

    [Fact]
    public void No_other_bytes_have_a_plain_length()
    {
        var random = new Random(1);
        var kinds = Enum.GetValues<VmExitKind>();
        for (int i = 0; i < 200_000; i++)
        {
            uint word = (uint)random.Next(int.MinValue, int.MaxValue);
            if (i % 2 == 0) word = word & 0xFFFF_FF00 | 0x0F;
            var kind = kinds[random.Next(kinds.Length)];
            int length = PlainInstruction.Length(kind, word);
            if (length == 0) continue;
            var decoder = Decoder.Create(64, new ByteArrayCodeReader(BitConverter.GetBytes(word)));
            decoder.Decode(out var instruction);
            instruction.Length.Should().Be(length);
            PlainInstruction.Matches(kind, instruction.Code).Should().BeTrue();
        }
    }

    /// <summary>First by a walk, then by the code page that was kept; and with prefixes, by Iced each time.</summary>
    [Theory]
    [MemberData(nameof(Instructions))]
    public void The_next_rip_is_found(VmExitKind kind, byte[] bytes)
    {
        foreach (byte[] code in new[] { bytes, [0x2E, .. bytes] })
        {
            _machine.Place(code, 0x123);
            for (int round = 0; round < 3; round++)
            {
                Emulator.TryGetNextRip(new VmExit { Kind = kind }, out ulong next).Should().BeTrue();
                next.Should().Be(_machine.State.Rip + (ulong)code.Length);
            }
        }
    }

    [Fact]
    public void The_hardwares_length_needs_no_memory()
    {
        _machine.State.Rip = 0xFFFF_8000_DEAD_0000;
        Emulator.TryGetNextRip(new VmExit { Kind = VmExitKind.Cpuid, InstructionLength = 3 }, out ulong next).Should().BeTrue();
        next.Should().Be(0xFFFF_8000_DEAD_0003);
    }

    [Fact]
    public void Another_instruction_is_not_taken_for_it()
    {
        _machine.Place([0x0F, 0x32]);
        Emulator.TryGetNextRip(new VmExit { Kind = VmExitKind.Cpuid }, out _).Should().BeFalse();
    }

    [Fact]
    public void What_cannot_be_fetched_is_left_to_the_guest()
    {
        _machine.Place([]);
        _machine.State.Rip = 0x1234_5000;
        Emulator.TryGetNextRip(new VmExit { Kind = VmExitKind.Cpuid }, out _).Should().BeFalse();
        _machine.TakeException().IsValid.Should().BeFalse();
    }

    [Fact]
    public void An_instruction_may_lie_across_two_pages()
    {
        _machine.Place([0x0F, 0xA2], EmulatorMachine.PageSize - 1);
        Emulator.TryGetNextRip(new VmExit { Kind = VmExitKind.Cpuid }, out ulong next).Should().BeTrue();
        next.Should().Be(EmulatorMachine.Code + EmulatorMachine.PageSize + 1);
    }

    [Fact]
    public void An_instruction_at_the_end_of_mapped_memory_is_found()
    {
        _machine.Place([0x0F, 0xA2], (2 * EmulatorMachine.PageSize) - 2);
        Emulator.TryGetNextRip(new VmExit { Kind = VmExitKind.Cpuid }, out ulong next).Should().BeTrue();
        next.Should().Be(EmulatorMachine.Code + (2 * EmulatorMachine.PageSize));
    }

    /// <summary>The kept page is left as soon as anything that led to it changes: the tables, the root, the bytes.</summary>
    [Fact]
    public void A_kept_page_is_never_stale()
    {
        var exit = new VmExit { Kind = VmExitKind.Cpuid };
        _machine.Place([0x0F, 0xA2]);
        Emulator.TryGetNextRip(exit, out _).Should().BeTrue();

        // Another page with a longer form of the instruction, by the same linear address.
        ReadOnlySpan<byte> longer = [0x2E, 0x0F, 0xA2];
        longer.CopyTo(_machine.Memory[(int)EmulatorMachine.RamPhysical..]);
        _machine.Map(EmulatorMachine.Code, EmulatorMachine.RamPhysical);
        Emulator.TryGetNextRip(exit, out ulong next).Should().BeTrue();
        next.Should().Be(EmulatorMachine.Code + 3);

        _machine.Memory[(int)EmulatorMachine.RamPhysical] = 0x0F;
        _machine.Memory[(int)EmulatorMachine.RamPhysical + 1] = 0xA2;
        Emulator.TryGetNextRip(exit, out next).Should().BeTrue();
        next.Should().Be(EmulatorMachine.Code + 2);

        _machine.State.Cr3 = 0xF_0000;
        Emulator.TryGetNextRip(exit, out _).Should().BeFalse("there are no tables at that root");
    }

    [Fact]
    public void Rip_is_32_bits_wide_outside_64_bit_code()
    {
        _machine.EnterProtectedMode(32, []);
        _machine.State.Rip = 0xFFFF_FFFF;
        Emulator.TryGetNextRip(new VmExit { Kind = VmExitKind.Halt, InstructionLength = 1 }, out ulong next).Should().BeTrue();
        next.Should().Be(0);
    }

    [Theory]
    [InlineData(new byte[] { 0x44, 0x0F, 0x20, 0xC0 }, true, 0)]
    [InlineData(new byte[] { 0x45, 0x0F, 0x20, 0xC7 }, true, 15)]
    [InlineData(new byte[] { 0x44, 0x0F, 0x22, 0xC3 }, false, 3)]
    [InlineData(new byte[] { 0x66, 0x44, 0x0F, 0x22, 0xC3 }, false, 3)]
    public void Moves_of_cr8_are_decoded(byte[] code, bool reads, int register)
    {
        _machine.Place(code);
        var exit = new VmExit
        {
            Kind = reads ? VmExitKind.ReadControlRegister : VmExitKind.WriteControlRegister, ControlRegister = 8, GeneralRegister = 0xFF,
        };
        Emulator.TryDecodeControlRegisterMove(exit, out int found, out ulong next).Should().BeTrue();
        found.Should().Be(register);
        next.Should().Be(EmulatorMachine.Code + (ulong)code.Length);

        exit.ControlRegister = 3;
        Emulator.TryDecodeControlRegisterMove(exit, out _, out _).Should().BeFalse("it is another register");
    }

    [Fact]
    public void Code_of_32_bits_reaches_cr8_by_a_lock_prefix()
    {
        _machine.EnterProtectedMode(32, [0xF0, 0x0F, 0x22, 0xC3]);
        var exit = new VmExit { Kind = VmExitKind.WriteControlRegister, ControlRegister = 8, GeneralRegister = 0xFF };
        Emulator.TryDecodeControlRegisterMove(exit, out int found, out ulong next).Should().BeTrue();
        found.Should().Be(3);
        next.Should().Be(EmulatorMachine.CodePhysical + 4);
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        _machine.Place([0x2E, 0x0F, 0xA2, 0x0F, 0xA2]);
        var exit = new VmExit { Kind = VmExitKind.Cpuid };
        Emulator.TryGetNextRip(exit, out _);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            _machine.State.Rip = EmulatorMachine.Code + (i % 2 == 0 ? 0u : 3u);
            Emulator.TryGetNextRip(exit, out _);
        }
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }
}
