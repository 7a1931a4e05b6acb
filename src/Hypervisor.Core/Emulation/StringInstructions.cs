using Iced.Intel;

namespace Lamina.Core;

/// <summary>
/// MOVS, STOS, LODS, INS and OUTS, with REP: a bounded number of elements at a time, registers right after each
/// (AMD APM vol. 3, 1.2.6 and each instruction; faults and interrupts in the middle: vol. 2, 8.1.2).
/// </summary>
internal sealed class StringInstructions(VirtualCpu vcpu, OperandMemory memory)
{
    /// <summary>How many elements one exit carries out at most.</summary>
    public const int MostElements = 256;

    private enum Operation : byte
    {
        None,
        Move,
        Store,
        Load,
        In,
        Out,
    }

    private readonly VirtualCpu _vcpu = vcpu;
    private readonly OperandMemory _memory = memory;

    /// <summary>Whether an instruction is one of those that meet memory only.</summary>
    public static bool IsMemoryInstruction(Code code) => OperationOf(code, out _) is Operation.Move or Operation.Store or Operation.Load;

    /// <summary>Whether an instruction is INS or OUTS.</summary>
    public static bool IsPortInstruction(Code code) => OperationOf(code, out _) is Operation.In or Operation.Out;

    /// <summary>
    /// Carries it out. With <paramref name="touched"/>, the first element has to touch that GPA's page, else <see cref="EmulationResult.Retry"/>; not one that has waited for a device,
    /// which may be in a later page by now and must not be asked twice.
    /// <see cref="OperandMemory.Load"/> was called.
    /// </summary>
    public EmulationResult Execute(in Instruction instruction, bool is64Bit, ulong nextRip, ulong? touched)
    {
        var state = _vcpu.State;
        ref var registers = ref state.Registers;
        var operation = OperationOf(instruction.Code, out int size);
        int addressSize = AddressSize(instruction);
        ulong addressMask = OperandSize.Mask(addressSize);
        bool repeats = instruction.HasRepPrefix || instruction.HasRepnePrefix;
        ulong step = (state.Rflags & Rflags.Direction) != 0 ? (ulong)-size : (ulong)size;
        var segment = EffectiveAddress.Segment(instruction, is64Bit);

        // With TF set, each iteration is followed by #DB.
        int most = (state.Rflags & Rflags.Trap) != 0 ? 1 : MostElements;
        for (int done = 0; ; done++)
        {
            if (repeats && (registers.Rcx & addressMask) == 0) break;
            if (done == most)
            {
                // As between two iterations in hardware: interrupts may come, and RF keeps a breakpoint from being met twice.
                _vcpu.CompleteInstruction(state.Rip);
                state.Rflags |= Rflags.Resume;
                return EmulationResult.Partial;
            }

            ulong source = registers.Rsi & addressMask, destination = registers.Rdi & addressMask;
            OperandLocation from = default, to = default;
            if (operation is Operation.Move or Operation.Load or Operation.Out)
            {
                var result = _memory.Locate(segment, source, size, MemoryAccess.Read, out from);
                if (result != EmulationResult.Done) return result;
            }
            if (operation is Operation.Move or Operation.Store or Operation.In)
            {
                var result = _memory.Locate(SegmentName.Es, destination, size, MemoryAccess.Write, out to);
                if (result != EmulationResult.Done) return result;
            }
            if (touched is { } gpa && done == 0 && !_vcpu.Requests.HasAnswer && !from.Touches(gpa) && !to.Touches(gpa)) return EmulationResult.Retry;

            if (!TryMove(operation, from, to, size)) return EmulationResult.Waiting;
            _vcpu.Requests.Forget();

            if (from.Size != 0) registers.Rsi = OperandSize.Merge(registers.Rsi, source + step, addressSize);
            if (to.Size != 0) registers.Rdi = OperandSize.Merge(registers.Rdi, destination + step, addressSize);
            if (!repeats) break;
            registers.Rcx = OperandSize.Merge(registers.Rcx, registers.Rcx - 1, addressSize);
        }
        _vcpu.CompleteInstruction(nextRip);
        return EmulationResult.Done;
    }

    /// <summary>One element. False when the vCPU has to wait for a device: nothing has changed then.</summary>
    private bool TryMove(Operation operation, in OperandLocation from, in OperandLocation to, int size)
    {
        ref var registers = ref _vcpu.State.Registers;
        ulong value = registers.Rax;
        if (from.Size != 0 && !from.TryRead(_vcpu, out value)) return false;
        switch (operation)
        {
            case Operation.Load:
                registers.Rax = OperandSize.Merge(registers.Rax, value, size);
                return true;
            case Operation.In:
                return PortSpace.TryRead(_vcpu, (ushort)registers.Rdx, size, out uint read) && to.TryWrite(_vcpu, read);
            case Operation.Out:
                return PortSpace.TryWrite(_vcpu, (ushort)registers.Rdx, size, (uint)value);
            default:
                return to.TryWrite(_vcpu, value);
        }
    }

    private static int AddressSize(in Instruction instruction)
    {
        for (int operand = 0; operand < 2; operand++)
        {
            switch (operand == 0 ? instruction.Op0Kind : instruction.Op1Kind)
            {
                case OpKind.MemorySegSI or OpKind.MemoryESDI: return 2;
                case OpKind.MemorySegESI or OpKind.MemoryESEDI: return 4;
                case OpKind.MemorySegRSI or OpKind.MemoryESRDI: return 8;
            }
        }
        return 8;
    }

    private static Operation OperationOf(Code code, out int size)
    {
        switch (code)
        {
            case Code.Movsb_m8_m8: size = 1; return Operation.Move;
            case Code.Movsw_m16_m16: size = 2; return Operation.Move;
            case Code.Movsd_m32_m32: size = 4; return Operation.Move;
            case Code.Movsq_m64_m64: size = 8; return Operation.Move;
            case Code.Stosb_m8_AL: size = 1; return Operation.Store;
            case Code.Stosw_m16_AX: size = 2; return Operation.Store;
            case Code.Stosd_m32_EAX: size = 4; return Operation.Store;
            case Code.Stosq_m64_RAX: size = 8; return Operation.Store;
            case Code.Lodsb_AL_m8: size = 1; return Operation.Load;
            case Code.Lodsw_AX_m16: size = 2; return Operation.Load;
            case Code.Lodsd_EAX_m32: size = 4; return Operation.Load;
            case Code.Lodsq_RAX_m64: size = 8; return Operation.Load;
            case Code.Insb_m8_DX: size = 1; return Operation.In;
            case Code.Insw_m16_DX: size = 2; return Operation.In;
            case Code.Insd_m32_DX: size = 4; return Operation.In;
            case Code.Outsb_DX_m8: size = 1; return Operation.Out;
            case Code.Outsw_DX_m16: size = 2; return Operation.Out;
            case Code.Outsd_DX_m32: size = 4; return Operation.Out;
            default: size = 0; return Operation.None;
        }
    }
}
