using System;
using System.Runtime.InteropServices;
using Lamina.Core;

namespace Lamina.Core.Tests.Emulation;

/// <summary>
/// The CPU that runs these tests, as an oracle: one instruction with given registers, flags and memory. Everything lies below 2 GiB, so that
/// 32-bit addresses reach it. RSP is the test's own stack and may not be changed by the instruction.
/// </summary>
public sealed unsafe class NativeMachine : IDisposable
{
    public const int DataPages = 3;
    public const int DataLength = DataPages * PageSize;
    private const int PageSize = 4096;
    private const int ContextOffset = PageSize;
    private const int DataOffset = 2 * PageSize;
    private const int Length = DataOffset + DataLength;
    private const int FlagsOffset = ContextOffset + GeneralRegisters.Count * sizeof(ulong);
    private const int StackOffset = FlagsOffset + sizeof(ulong);
    private const int Rsp = 4;

    private readonly byte* _start;

    public NativeMachine()
    {
        const int readWriteExecute = 7, privateAnonymous32Bit = 0x62;
        void* start = Map(null, Length, readWriteExecute, privateAnonymous32Bit, -1, 0);
        if (start == (void*)-1) throw new InvalidOperationException("no executable memory below 2 GiB");
        _start = (byte*)start;
    }

    /// <summary>Address of the three pages of data.</summary>
    public ulong DataAddress => (ulong)_start + DataOffset;

    public Span<byte> Data => new(_start + DataOffset, DataLength);

    /// <summary>Address at which the next instruction will run, given to make IP-relative operands.</summary>
    public ulong InstructionAddress => (ulong)_start + (ulong)Emit([]);

    /// <summary>Runs the instruction; RSP goes in and out as it is.</summary>
    public void Run(ReadOnlySpan<byte> instruction, ref GeneralRegisters registers, ref Rflags flags)
    {
        Emit(instruction);
        ref var context = ref *(GeneralRegisters*)(_start + ContextOffset);
        ref ulong contextFlags = ref *(ulong*)(_start + FlagsOffset);
        context = registers;
        contextFlags = (ulong)flags;
        ((delegate* unmanaged<void>)_start)();
        ulong rsp = registers.Rsp;
        registers = context;
        registers.Rsp = rsp;
        flags = (Rflags)contextFlags;
    }

    /// <summary>Writes the code around an instruction and says where that is.</summary>
    private int Emit(ReadOnlySpan<byte> instruction)
    {
        int at = 0;
        ReadOnlySpan<byte> calleeSaved = [0x53, 0x55, 0x41, 0x54, 0x41, 0x55, 0x41, 0x56, 0x41, 0x57];
        calleeSaved.CopyTo(new Span<byte>(_start, PageSize));
        at += calleeSaved.Length;
        MoveRegister(ref at, Rsp, StackOffset, store: true);
        // push [flags]; popfq
        EmitRelative(ref at, [0xFF, 0x35], FlagsOffset);
        _start[at++] = 0x9D;
        for (int register = 0; register < GeneralRegisters.Count; register++)
            if (register != Rsp) MoveRegister(ref at, register, ContextOffset + register * sizeof(ulong), store: false);

        int start = at;
        instruction.CopyTo(new Span<byte>(_start + at, PageSize - at));
        at += instruction.Length;

        for (int register = 0; register < GeneralRegisters.Count; register++)
            if (register != Rsp) MoveRegister(ref at, register, ContextOffset + register * sizeof(ulong), store: true);
        // pushfq; pop [flags]; cld
        _start[at++] = 0x9C;
        EmitRelative(ref at, [0x8F, 0x05], FlagsOffset);
        _start[at++] = 0xFC;
        ReadOnlySpan<byte> restore = [0x41, 0x5F, 0x41, 0x5E, 0x41, 0x5D, 0x41, 0x5C, 0x5D, 0x5B, 0xC3];
        restore.CopyTo(new Span<byte>(_start + at, PageSize - at));
        return start;
    }

    private void MoveRegister(ref int at, int register, int offset, bool store) =>
        EmitRelative(ref at, [(byte)(0x48 | (register >= 8 ? 4 : 0)), (byte)(store ? 0x89 : 0x8B), (byte)(0x05 | (register & 7) << 3)], offset);

    private void EmitRelative(ref int at, ReadOnlySpan<byte> opcode, int offset)
    {
        opcode.CopyTo(new Span<byte>(_start + at, PageSize - at));
        at += opcode.Length;
        *(int*)(_start + at) = offset - (at + sizeof(int));
        at += sizeof(int);
    }

    public void Dispose() => Unmap(_start, Length);

    [DllImport("libc", EntryPoint = "mmap")]
    private static extern void* Map(void* address, nint length, int protection, int flags, int file, nint offset);

    [DllImport("libc", EntryPoint = "munmap")]
    private static extern int Unmap(void* address, nint length);
}
