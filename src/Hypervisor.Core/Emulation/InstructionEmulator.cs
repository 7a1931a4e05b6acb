using System;
using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Lamina.Core;

/// <summary>
/// Carries out the instructions that hardware leaves to the hypervisor. One per vCPU: it holds that vCPU's decoders. Called on the exit way, by
/// the CPU that runs the vCPU; nothing here allocates or throws, and a guest's trouble becomes its exception or a result.
/// </summary>
public sealed class InstructionEmulator
{
    private readonly VirtualCpu _vcpu;
    private readonly VcpuState _state;
    private readonly OperandMemory _memory;
    private readonly InstructionDecoder _decoder;
    private readonly MemoryInstructions _instructions;
    private readonly StringInstructions _strings;

    /// <summary>The emulator of a vCPU.</summary>
    public InstructionEmulator(VirtualCpu vcpu)
    {
        _vcpu = vcpu;
        _state = vcpu.State;
        _memory = new OperandMemory(vcpu);
        _decoder = new InstructionDecoder(vcpu, _memory);
        _instructions = new MemoryInstructions(vcpu, _memory);
        _strings = new StringInstructions(vcpu, _memory);
    }

    /// <summary>The bytes of the last instruction that was decoded: for the report of a VM that met one which is not carried out here.</summary>
    public ReadOnlySpan<byte> LastInstruction => _decoder.LastInstruction;

    /// <summary>
    /// The address behind the instruction at RIP, when it is the one that the exit says: from the hardware's length, by a look at plain bytes, or by Iced.
    /// False when the bytes are something else (the guest changed them) or cannot be fetched: the guest is run again.
    /// </summary>
    public bool TryGetNextRip(in VmExit exit, out ulong nextRip)
    {
        if (exit.InstructionLength != 0)
        {
            nextRip = Behind(exit.InstructionLength);
            return true;
        }
        int length = _decoder.PlainLength(exit.Kind);
        if (length == 0) return TryDecodeNextRip(exit, out nextRip);
        // Plain lengths are those of 64-bit code: there RIP has all its bits.
        nextRip = _state.Rip + (uint)length;
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryDecodeNextRip(in VmExit exit, out ulong nextRip)
    {
        nextRip = 0;
        if (_decoder.Decode(exit, out var decoded, out _) != DecodeStatus.Decoded) return false;
        nextRip = Behind(decoded.Instruction.Length);
        return PlainInstruction.Matches(exit.Kind, decoded.Instruction.Code);
    }

    /// <summary>
    /// The general register of the move from or to a control register at RIP, and the address behind it. False as <see cref="TryGetNextRip"/>.
    /// </summary>
    public bool TryDecodeControlRegisterMove(in VmExit exit, out int generalRegister, out ulong nextRip)
    {
        generalRegister = exit.GeneralRegister;
        if (generalRegister < GeneralRegisters.Count && exit.InstructionLength != 0)
        {
            nextRip = Behind(exit.InstructionLength);
            return true;
        }
        nextRip = 0;
        generalRegister = 0;
        if (_decoder.Decode(exit, out var decoded, out _) != DecodeStatus.Decoded) return false;
        ref readonly var instruction = ref decoded.Instruction;
        var control = Register.CR0 + exit.ControlRegister;
        bool reads = exit.Kind == VmExitKind.ReadControlRegister;
        // Only a MOV names a control register.
        if ((reads ? instruction.Op1Register : instruction.Op0Register) != control) return false;

        generalRegister = RegisterOperand.Of(reads ? instruction.Op0Register : instruction.Op1Register).Number;
        nextRip = Behind(instruction.Length);
        return true;
    }

    /// <summary>
    /// Carries out IN, OUT, INS or OUTS, with REP, against the VM's port bus. Whether the guest may use the port (CPL, IOPL, the TSS's bitmap)
    /// has been checked: those exceptions come before the intercept (AMD APM vol. 2, 15.10.2; Intel SDM vol. 3, 26.1.1).
    /// </summary>
    public EmulationResult EmulatePortIo(in VmExit exit)
    {
        if ((exit.PortAccess & PortAccess.String) != 0) return EmulateStringPortIo(exit);
        if (!TryGetNextRip(exit, out ulong next)) return EmulationResult.Retry;
        ref ulong rax = ref _state.Registers.Rax;
        if ((exit.PortAccess & PortAccess.In) != 0)
        {
            if (!PortSpace.TryRead(_vcpu, exit.Port, exit.PortSize, out uint value)) return EmulationResult.Waiting;
            rax = OperandSize.Merge(rax, value, exit.PortSize);
        }
        else if (!PortSpace.TryWrite(_vcpu, exit.Port, exit.PortSize, (uint)rax)) return EmulationResult.Waiting;
        _vcpu.CompleteInstruction(next);
        return EmulationResult.Done;
    }

    /// <summary>Carries out the instruction at RIP whose memory operand lies at <see cref="VmExit.GuestPhysical"/>, where there is no RAM.</summary>
    public EmulationResult EmulateMemoryAccess(in VmExit exit)
    {
        var status = _decoder.Decode(exit, out var decoded, out var fetch);
        if (status != DecodeStatus.Decoded) return ResultOf(status, exit, fetch);
        ref readonly var instruction = ref decoded.Instruction;
        ulong next = Behind(instruction.Length);
        if (!StringInstructions.IsMemoryInstruction(instruction.Code)) return Settled(_instructions.Execute(instruction, exit, _decoder.Is64Bit, next));

        _memory.Load();
        return Settled(_strings.Execute(instruction, _decoder.Is64Bit, next, exit.GuestPhysical));
    }

    /// <summary>What a vCPU that is away has written to devices is done before it goes on, whatever became of the instruction; one that waits goes on with it later.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private EmulationResult Settled(EmulationResult result)
    {
        if (_vcpu.IsAway && result != EmulationResult.Waiting) _vcpu.Requests.AwaitWrites();
        return result;
    }

    private EmulationResult EmulateStringPortIo(in VmExit exit)
    {
        var status = _decoder.Decode(exit, out var decoded, out var fetch);
        if (status != DecodeStatus.Decoded) return ResultOf(status, exit, fetch);
        // The guest has changed its code: let the CPU look again.
        if (!StringInstructions.IsPortInstruction(decoded.Instruction.Code)) return EmulationResult.Retry;
        _memory.Load();
        return Settled(_strings.Execute(decoded.Instruction, _decoder.Is64Bit, Behind(decoded.Instruction.Length), null));
    }

    /// <summary>
    /// What becomes of an instruction that could not be had. Usually the CPU fetches it anew and finds out for itself; not where it met no RAM in
    /// the guest's tables: it would leave the guest for ever, so the fault that we saw there is the guest's.
    /// </summary>
    private EmulationResult ResultOf(DecodeStatus status, in VmExit exit, in PageWalk fetch)
    {
        if (status == DecodeStatus.Invalid) return EmulationResult.Unsupported;
        if (!exit.DuringPageWalk || fetch.Status != PageWalkStatus.PageFault) return EmulationResult.Retry;
        _memory.RaiseFetchFault(fetch);
        return EmulationResult.Faulted;
    }

    /// <summary>RIP moved on: 32 bits wide outside 64-bit code.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Behind(int length)
    {
        ulong rip = _state.Rip, next = rip + (uint)length;
        return rip <= uint.MaxValue && next > uint.MaxValue && !_state.Is64Bit ? (uint)next : next;
    }
}
