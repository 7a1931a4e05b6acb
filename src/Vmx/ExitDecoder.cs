using System.Runtime.CompilerServices;
using Lamina.Core;

namespace Lamina.Vmx;

/// <summary>What a VMCS says of an exit, in Core's words (Intel SDM vol. 3, 28.2 and appendix C). On the exit way: reads the VMCS, writes the exit.</summary>
internal static class ExitDecoder
{
    /// <summary>Decodes an exit from what was read of it already, and from its VMCS, the current one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Decode(in ExitFields fields, Vmcs vmcs, ref VmExit exit)
    {
        exit.RawReason = fields.Reason.Value;
        exit.RawInfo1 = fields.Qualification;
        exit.RawInfo2 = 0;
        exit.InstructionByteCount = 0;
        exit.InterruptedEvent.IsValid = false;
        exit.InstructionLength = (byte)fields.InstructionLength;
        if (fields.Reason.IsEntryFailure)
        {
            // All but the reason and the qualification is of the exit before (27.8).
            exit.Kind = fields.Reason.Reason == VmxExitReason.MachineCheckAtEntry ? VmExitKind.HostMachineCheck : VmExitKind.EntryFailed;
            return;
        }
        if (fields.IdtVectoring.IsValid) exit.InterruptedEvent = fields.IdtVectoring.ToEvent(vmcs.Read(VmcsField32.IdtVectoringErrorCode));

        switch (fields.Reason.Reason)
        {
            case VmxExitReason.ExceptionOrNmi:
                DecodeException(fields, vmcs, ref exit);
                break;
            case VmxExitReason.ExternalInterrupt or VmxExitReason.PreemptionTimer: exit.Kind = VmExitKind.HostInterrupt; break;
            case VmxExitReason.TripleFault: exit.Kind = VmExitKind.Shutdown; break;
            case VmxExitReason.Init: exit.Kind = VmExitKind.HostInit; break;
            case VmxExitReason.InterruptWindow: exit.Kind = VmExitKind.InterruptWindow; break;
            case VmxExitReason.NmiWindow: exit.Kind = VmExitKind.NmiWindow; break;
            case VmxExitReason.TaskSwitch: exit.Kind = VmExitKind.TaskSwitch; break;
            case VmxExitReason.Cpuid: exit.Kind = VmExitKind.Cpuid; break;
            case VmxExitReason.Hlt: exit.Kind = VmExitKind.Halt; break;
            case VmxExitReason.Invd or VmxExitReason.Wbinvd: exit.Kind = VmExitKind.InvalidateCaches; break;
            case VmxExitReason.Rdpmc: exit.Kind = VmExitKind.ReadPerformanceCounter; break;
            case VmxExitReason.Vmcall: exit.Kind = VmExitKind.Hypercall; break;
            case VmxExitReason.ControlRegister:
                DecodeMove(new ControlRegisterQualification(fields.Qualification), ref exit);
                break;
            case VmxExitReason.PortIo:
                DecodePortIo(new PortQualification(fields.Qualification), ref exit);
                break;
            case VmxExitReason.ReadMsr: exit.Kind = VmExitKind.ReadMsr; break;
            case VmxExitReason.WriteMsr: exit.Kind = VmExitKind.WriteMsr; break;
            case VmxExitReason.Mwait: exit.Kind = VmExitKind.Mwait; break;
            case VmxExitReason.Monitor: exit.Kind = VmExitKind.Monitor; break;
            case VmxExitReason.Pause: exit.Kind = VmExitKind.Pause; break;
            case VmxExitReason.EptViolation:
                DecodeEptViolation((EptViolationQualification)fields.Qualification, vmcs, ref exit);
                break;
            case VmxExitReason.TprBelowThreshold: exit.Kind = VmExitKind.TaskPriorityLowered; break;
            case VmxExitReason.VirtualizedEoi:
                exit.Kind = VmExitKind.EndOfInterrupt;
                exit.Event.Vector = (byte)fields.Qualification;
                break;
            case VmxExitReason.ApicWrite:
                exit.Kind = VmExitKind.ApicWrite;
                exit.ApicOffset = new ApicAccessQualification(fields.Qualification).Offset;
                break;
            case VmxExitReason.Xsetbv: exit.Kind = VmExitKind.SetXcr; break;

            // None of these is in the CPUID that guests see: #UD, as for VMX's own. RSM outside of SMM is one as well.
            case VmxExitReason.Vmclear or VmxExitReason.Vmlaunch or VmxExitReason.Vmptrld or VmxExitReason.Vmptrst or VmxExitReason.Vmread:
            case VmxExitReason.Vmresume or VmxExitReason.Vmwrite or VmxExitReason.Vmxoff or VmxExitReason.Vmxon or VmxExitReason.Invept:
            case VmxExitReason.Invvpid or VmxExitReason.Vmfunc or VmxExitReason.Getsec or VmxExitReason.Rsm or VmxExitReason.Xsaves or VmxExitReason.Xrstors:
                exit.Kind = VmExitKind.VirtualizationInstruction;
                break;

            default: exit.Kind = VmExitKind.Unknown; break;
        }
    }

    /// <summary>An entry that came to nothing: the controls or the host's state are not as they have to be, or the CPU cannot run such a guest.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void DecodeRefusal(Vmcs vmcs, EntryResult result, ref VmExit exit)
    {
        exit.Kind = VmExitKind.EntryFailed;
        exit.InterruptedEvent.IsValid = false;
        exit.RawReason = (ulong)result;
        exit.RawInfo1 = result == EntryResult.Refused ? vmcs.Read(VmcsField32.InstructionError) : 0;
        exit.RawInfo2 = 0;
    }

    /// <summary>MOV to or from a control register. CLTS and LMSW touch no bit that is ours, and never exit.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void DecodeMove(ControlRegisterQualification move, ref VmExit exit)
    {
        exit.ControlRegister = move.ControlRegister;
        exit.GeneralRegister = move.GeneralRegister;
        exit.Kind = move.Access switch
        {
            ControlRegisterAccess.MoveTo => VmExitKind.WriteControlRegister,
            ControlRegisterAccess.MoveFrom => VmExitKind.ReadControlRegister,
            _ => VmExitKind.Unknown,
        };
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void DecodePortIo(PortQualification info, ref VmExit exit)
    {
        exit.Kind = VmExitKind.PortIo;
        exit.Port = info.Port;
        exit.PortSize = info.Size;
        exit.PortAccess = info.Access;
        // Not every CPU says it (IA32_VMX_BASIC bit 54), and the emulator goes by the instruction itself.
        exit.AddressSize = 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void DecodeEptViolation(EptViolationQualification info, Vmcs vmcs, ref VmExit exit)
    {
        exit.Kind = VmExitKind.SecondLevelFault;
        exit.GuestPhysical = vmcs.Read(VmcsField64.GuestPhysicalAddress);
        exit.RawInfo2 = exit.GuestPhysical;
        exit.Access = (info & EptViolationQualification.Fetch) != 0 ? MemoryAccess.Execute
            : (info & EptViolationQualification.Write) != 0 ? MemoryAccess.Write : MemoryAccess.Read;
        exit.DuringPageWalk = (info & (EptViolationQualification.LinearAddressValid | EptViolationQualification.FinalAddress))
            == EptViolationQualification.LinearAddressValid;
        // The length is that of an instruction only where the manual says so (28.2.5), and here it does not.
        exit.InstructionLength = 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void DecodeException(in ExitFields fields, Vmcs vmcs, ref VmExit exit)
    {
        var information = new EventInformation(vmcs.Read(VmcsField32.ExitInterruption));
        exit.InstructionLength = 0;
        if (information.Type == EventType.NonMaskableInterrupt)
        {
            exit.Kind = VmExitKind.HostNmi;
            return;
        }
        if (information.Vector == (byte)ExceptionVector.MachineCheck)
        {
            exit.Kind = VmExitKind.HostMachineCheck;
            return;
        }
        exit.Kind = VmExitKind.Exception;
        var vector = (ExceptionVector)information.Vector;
        exit.Event = information.HasErrorCode
            ? VcpuEvent.Exception(vector, vmcs.Read(VmcsField32.ExitInterruptionErrorCode))
            : VcpuEvent.Exception(vector);
        exit.FaultAddress = fields.Qualification;
    }
}
