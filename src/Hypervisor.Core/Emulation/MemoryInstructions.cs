using Iced.Intel;

namespace Lamina.Core;

/// <summary>
/// Instructions with one memory operand and general registers or immediates: what meets the registers of devices. Each finds its operand with all
/// checks first, so that nothing is half done when it faults. LOCK changes nothing here: no other CPU reaches a VM's devices meanwhile, but between the read and the write
/// of a vCPU that is away from them (docs/caveats.md).
/// </summary>
internal sealed class MemoryInstructions(VirtualCpu vcpu, OperandMemory memory)
{
    private const ulong PageMask = 4095;

    private readonly VirtualCpu _vcpu = vcpu;
    private readonly OperandMemory _memory = memory;

    /// <summary>Carries out the instruction that met <see cref="VmExit.GuestPhysical"/>.</summary>
    public EmulationResult Execute(in Instruction instruction, in VmExit exit, bool is64Bit, ulong nextRip)
    {
        var operation = MemoryForm.Of(instruction.Code, out int size);
        bool memoryFirst = instruction.Op0Kind == OpKind.Memory;
        var access = AccessOf(operation, memoryFirst);
        if (access == MemoryAccess.None || (!memoryFirst && instruction.Op1Kind != OpKind.Memory)) return EmulationResult.Unsupported;

        // The other operand: a general register, an immediate, or none.
        ref var registers = ref _vcpu.State.Registers;
        RegisterOperand register = default;
        ulong other = 0;
        if (operation is not (Mnemonic.Inc or Mnemonic.Dec or Mnemonic.Neg or Mnemonic.Not))
        {
            if ((memoryFirst ? instruction.Op1Kind : instruction.Op0Kind) == OpKind.Register)
            {
                register = RegisterOperand.Of(memoryFirst ? instruction.Op1Register : instruction.Op0Register);
                if (register.Size == 0) return EmulationResult.Unsupported;
                other = register.Read(ref registers);
            }
            else
            {
                other = instruction.GetImmediate(1) & OperandSize.Mask(size);
            }
        }

        long displacement = 0;
        if (IsBitTest(operation) && register.Size != 0) displacement = OperandSize.SignExtend(other, size) >> BitIndexWidth(size) << ByteShift(size);
        ulong offset = EffectiveAddress.Of(instruction, ref registers, displacement);
        var segment = EffectiveAddress.Segment(instruction, is64Bit);
        if (!is64Bit || !TryUseHardwareAddress(segment, offset, size, access, exit, out var location))
        {
            _memory.Load();
            var result = _memory.Locate(segment, offset, size, access, out location);
            if (result != EmulationResult.Done) return result;
            // The guest's tables led the CPU to an address without RAM, but not us: we cannot do better than the CPU.
            if (exit.DuringPageWalk) return EmulationResult.Unsupported;
            if (!location.Touches(exit.GuestPhysical)) return EmulationResult.Retry;
        }
        if (operation is Mnemonic.Mov or Mnemonic.Movnti)
        {
            if (memoryFirst)
            {
                if (!location.TryWrite(_vcpu, other)) return EmulationResult.Waiting;
            }
            else
            {
                if (!location.TryRead(_vcpu, out ulong value)) return EmulationResult.Waiting;
                register.Write(ref registers, value);
            }
        }
        else
        {
            if (!location.TryRead(_vcpu, out ulong memory)) return EmulationResult.Waiting;
            Compute(operation, location, memory, memoryFirst, register, other);
        }
        _vcpu.CompleteInstruction(nextRip);
        return EmulationResult.Done;
    }

    /// <summary>
    /// A plain load or store within a page: the CPU has checked and translated just this access, so the walk need not be done again.
    /// (For a read-modify-write it may have come to the read only.)
    /// </summary>
    private bool TryUseHardwareAddress(SegmentName segment, ulong offset, int size, MemoryAccess access, in VmExit exit, out OperandLocation location)
    {
        location = new OperandLocation { First = exit.GuestPhysical, Size = size, FirstSize = size };
        ulong linear = segment >= SegmentName.Fs ? offset + _vcpu.State.GetSegment(segment).Base : offset;
        ulong inPage = linear & PageMask;
        return !exit.DuringPageWalk && (exit.GuestPhysical & PageMask) == inPage && inPage + (ulong)size <= PageMask + 1
            && (access == MemoryAccess.Write) == ((exit.Access & MemoryAccess.Write) != 0) && access != MemoryAccess.ReadWrite;
    }

    private void Compute(Mnemonic operation, in OperandLocation location, ulong memory, bool memoryFirst, RegisterOperand register, ulong other)
    {
        ref var registers = ref _vcpu.State.Registers;
        int size = location.Size;
        ulong left = memoryFirst ? memory : other, right = memoryFirst ? other : memory;
        var flags = _vcpu.State.Rflags;
        ulong carry = (ulong)(flags & Rflags.Carry);
        ulong result;
        switch (operation)
        {
            case Mnemonic.Movzx:
                register.Write(ref registers, memory);
                return;
            case Mnemonic.Movsx or Mnemonic.Movsxd:
                register.Write(ref registers, (ulong)OperandSize.SignExtend(memory, size));
                return;
            case Mnemonic.Xchg:
                location.TryWrite(_vcpu, other);
                register.Write(ref registers, memory);
                return;
            case Mnemonic.Cmpxchg:
                CompareExchange(location, memory, other, ref flags);
                _vcpu.State.Rflags = flags;
                return;
            case Mnemonic.Xadd:
                result = Alu.Add(left, right, 0, size, ref flags);
                location.TryWrite(_vcpu, result);
                register.Write(ref registers, memory);
                _vcpu.State.Rflags = flags;
                return;
            case Mnemonic.Cmp:
                Alu.Subtract(left, right, 0, size, ref flags);
                _vcpu.State.Rflags = flags;
                return;
            case Mnemonic.Test:
                Alu.Logic(left & right, size, ref flags);
                _vcpu.State.Rflags = flags;
                return;
            case Mnemonic.Bt or Mnemonic.Bts or Mnemonic.Btr or Mnemonic.Btc:
                ulong bit = 1UL << (int)(other & (ulong)(size * 8 - 1));
                flags = (memory & bit) != 0 ? flags | Rflags.Carry : flags & ~Rflags.Carry;
                result = operation == Mnemonic.Bts ? memory | bit : operation == Mnemonic.Btr ? memory & ~bit : memory ^ bit;
                if (operation != Mnemonic.Bt) location.TryWrite(_vcpu, result);
                _vcpu.State.Rflags = flags;
                return;
            case Mnemonic.Add: result = Alu.Add(left, right, 0, size, ref flags); break;
            case Mnemonic.Adc: result = Alu.Add(left, right, carry, size, ref flags); break;
            case Mnemonic.Sub: result = Alu.Subtract(left, right, 0, size, ref flags); break;
            case Mnemonic.Sbb: result = Alu.Subtract(left, right, carry, size, ref flags); break;
            case Mnemonic.And: result = Alu.Logic(left & right, size, ref flags); break;
            case Mnemonic.Or: result = Alu.Logic(left | right, size, ref flags); break;
            case Mnemonic.Xor: result = Alu.Logic(left ^ right, size, ref flags); break;
            case Mnemonic.Inc: result = Alu.Increment(memory, size, ref flags); break;
            case Mnemonic.Dec: result = Alu.Decrement(memory, size, ref flags); break;
            case Mnemonic.Neg: result = Alu.Subtract(0, memory, 0, size, ref flags); break;
            // NOT, the only one left that AccessOf lets through.
            default: result = ~memory & OperandSize.Mask(size); break;
        }
        if (memoryFirst) location.TryWrite(_vcpu, result);
        else register.Write(ref registers, result);
        _vcpu.State.Rflags = flags;
    }

    /// <summary>CMPXCHG writes its operand in any case (AMD APM vol. 3), and the accumulator only when they differ.</summary>
    private void CompareExchange(in OperandLocation location, ulong memory, ulong replacement, ref Rflags flags)
    {
        ref ulong accumulator = ref _vcpu.State.Registers.Rax;
        bool equal = Alu.Subtract(accumulator & OperandSize.Mask(location.Size), memory, 0, location.Size, ref flags) == 0;
        location.TryWrite(_vcpu, equal ? replacement : memory);
        if (!equal) accumulator = OperandSize.Merge(accumulator, memory, location.Size);
    }

    /// <summary>What an instruction does with its memory operand; nothing when it is not carried out here.</summary>
    private static MemoryAccess AccessOf(Mnemonic operation, bool memoryFirst)
    {
        switch (operation)
        {
            case Mnemonic.Mov or Mnemonic.Movnti:
                return memoryFirst ? MemoryAccess.Write : MemoryAccess.Read;
            case Mnemonic.Movzx or Mnemonic.Movsx or Mnemonic.Movsxd or Mnemonic.Cmp or Mnemonic.Test or Mnemonic.Bt:
                return MemoryAccess.Read;
            case Mnemonic.Add or Mnemonic.Adc or Mnemonic.Sub or Mnemonic.Sbb or Mnemonic.And or Mnemonic.Or or Mnemonic.Xor:
                return memoryFirst ? MemoryAccess.ReadWrite : MemoryAccess.Read;
            case Mnemonic.Inc or Mnemonic.Dec or Mnemonic.Neg or Mnemonic.Not or Mnemonic.Xchg or Mnemonic.Cmpxchg or Mnemonic.Xadd
                or Mnemonic.Bts or Mnemonic.Btr or Mnemonic.Btc:
                return MemoryAccess.ReadWrite;
            default:
                return MemoryAccess.None;
        }
    }

    private static bool IsBitTest(Mnemonic operation) => operation is Mnemonic.Bt or Mnemonic.Bts or Mnemonic.Btr or Mnemonic.Btc;

    /// <summary>log2 of an operand's bits: how many bits of a bit offset stay within it.</summary>
    private static int BitIndexWidth(int size) => ByteShift(size) + 3;

    /// <summary>log2 of an operand's bytes.</summary>
    private static int ByteShift(int size) => size switch { 1 => 0, 2 => 1, 4 => 2, _ => 3 };
}
