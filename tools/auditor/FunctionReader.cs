using System.Collections.Generic;
using Iced.Intel;

namespace Lamina.Auditor;

/// <summary>Reads a function's instructions: what it calls, how much stack it takes, and what it may not do.</summary>
internal sealed class FunctionReader(AuditedImage image, Dictionary<uint, int> unwindFrames, List<Offence> offences)
{
    private const int ReturnAddress = 8;

    // A method table's first slot is behind its fixed part; a delegate's function pointer is its fourth field.
    private const uint FirstSlot = 24;
    private const uint DelegateTarget = 32;

    // Registers that were last loaded from the first word of something: an object's method table.
    private readonly HashSet<Register> _methodTables = [];

    /// <summary>How many instructions were read.</summary>
    internal int InstructionCount { get; private set; }

    internal void Read(Function function)
    {
        Decoder decoder = Decoder.Create(64, new ByteArrayCodeReader(image.Read(function.Rva, function.Length).ToArray()), image.Base + function.Rva);
        ulong end = decoder.IP + (ulong)function.Length;
        _methodTables.Clear();
        int pushed = 0;
        while (decoder.IP < end)
        {
            decoder.Decode(out Instruction instruction);
            // Padding between functions may be cut by the end.
            if (instruction.IsInvalid)
            {
                offences.Add(new Offence(OffenceKind.UnreadableCode, function.Name, $"no instruction at {instruction.IP - image.Base:X}"));
                break;
            }

            InstructionCount++;
            if (InstructionRules.Judge(instruction) is { } kind)
                offences.Add(new Offence(kind, function.Name, $"{instruction} at {instruction.IP - image.Base:X}"));
            pushed += Pushed(function, instruction);
            Follow(function, instruction);
            RememberMethodTable(instruction);
        }

        // Assembly has no unwind information: all that it pushes anywhere is at least what it has at once.
        function.Frame = (unwindFrames.TryGetValue(function.Rva, out int frame) ? frame : pushed) + ReturnAddress;
    }

    private int Pushed(Function function, in Instruction instruction)
    {
        if (instruction.Mnemonic is Mnemonic.Push or Mnemonic.Pushfq)
            return 8;
        if (instruction.Mnemonic != Mnemonic.Sub || instruction.Op0Kind != OpKind.Register || instruction.Op0Register != Register.RSP)
            return 0;
        if (instruction.Op1Kind == OpKind.Register)
        {
            offences.Add(new Offence(OffenceKind.DynamicFrame, function.Name, $"{instruction} at {instruction.IP - image.Base:X}"));
            return 0;
        }

        return (int)instruction.GetImmediate(1);
    }

    private void Follow(Function function, in Instruction instruction)
    {
        switch (instruction.FlowControl)
        {
            case FlowControl.Call:
            case FlowControl.UnconditionalBranch:
            case FlowControl.ConditionalBranch:
                if (instruction.Op0Kind == OpKind.NearBranch64)
                    FollowDirect(function, instruction);
                break;
            case FlowControl.IndirectCall:
                FollowIndirect(function, instruction);
                break;
            case FlowControl.IndirectBranch:
                // A switch jumps to a register; a tail call through a slot or a pointer jumps through memory.
                if (instruction.Op0Kind == OpKind.Memory)
                    FollowIndirect(function, instruction);
                break;
            default:
                if (instruction.Mnemonic == Mnemonic.Lea && instruction.IsIPRelativeMemoryOperand)
                    function.Taken.Add((uint)(instruction.IPRelativeMemoryAddress - image.Base));
                break;
        }
    }

    /// <summary>A jump within the function is no call; a call of its own start is.</summary>
    private void FollowDirect(Function function, in Instruction instruction)
    {
        uint target = (uint)(instruction.NearBranchTarget - image.Base);
        bool isWithin = target >= function.Rva && target < function.Rva + function.Length;
        if (!isWithin || (target == function.Rva && instruction.FlowControl == FlowControl.Call))
            function.Targets.Add(target);
    }

    private void RememberMethodTable(in Instruction instruction)
    {
        if (instruction.OpCount == 0 || instruction.Op0Kind != OpKind.Register)
            return;
        bool isFirstWord = instruction.Mnemonic == Mnemonic.Mov && instruction.Op1Kind == OpKind.Memory && instruction.MemoryDisplacement64 == 0
            && instruction.MemoryIndex == Register.None && !instruction.IsIPRelativeMemoryOperand;
        if (isFirstWord)
            _methodTables.Add(instruction.Op0Register);
        else if (instruction.Mnemonic is not (Mnemonic.Cmp or Mnemonic.Test or Mnemonic.Push))
            _methodTables.Remove(instruction.Op0Register.GetFullRegister());
    }

    private void FollowIndirect(Function function, in Instruction instruction)
    {
        if (instruction.Op0Kind != OpKind.Memory || instruction.IsIPRelativeMemoryOperand)
        {
            function.CallsPointer = true;
            return;
        }

        // The compiler calls an interface through the cell that R11 points at.
        if (instruction.MemoryBase == Register.R11 && instruction.MemoryDisplacement64 == 0)
        {
            function.CallsInterface = true;
            return;
        }

        uint offset = (uint)instruction.MemoryDisplacement64;
        bool isVirtual = _methodTables.Contains(instruction.MemoryBase);
        function.CallsPointer |= offset < FirstSlot || (offset == DelegateTarget && !isVirtual);
        if (offset >= FirstSlot)
            function.Slots.Add(offset);
    }
}
