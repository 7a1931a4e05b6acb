using System.Runtime.CompilerServices;
using Lamina.Core;

namespace Lamina.Svm;

/// <summary>What a VMCB says of an exit, in Core's words (AMD APM vol. 2, 15.6 and appendix C). On the exit way: reads the VMCB, writes the exit.</summary>
internal static class ExitDecoder
{
    /// <summary>The longest instruction (AMD APM vol. 3, 1.1).</summary>
    private const ulong LongestInstruction = 15;
    private const byte Undecoded = 0xFF;
    private const byte TaskPriorityRegister = 8;

    /// <summary>EXITINFO1 of a control register exit, with decode assists (15.33.1): a MOV, of general register n.</summary>
    private const ulong IsMove = 1UL << 63;
    private const ulong GeneralRegisterMask = 0xF;

    /// <summary>
    /// Decodes an exit. <paramref name="rip"/> is the guest's, as saved. Fields that the CPU does not have (next RIP, instruction bytes) are 0 in the VMCB,
    /// as they were made; so no feature has to be asked for but <paramref name="decodeAssists"/>, which says whether a 0 means RAX.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Decode(in VmcbControlArea control, ulong rip, bool decodeAssists, ref VmExit exit)
    {
        exit.RawReason = (ulong)control.ExitCode;
        exit.RawInfo1 = control.ExitInfo1;
        exit.RawInfo2 = control.ExitInfo2;
        exit.InstructionByteCount = 0;
        if (control.InterruptedEvent.IsValid) exit.InterruptedEvent = control.InterruptedEvent.ToEvent();
        else exit.InterruptedEvent.IsValid = false;
        exit.InstructionLength = Length(control.NextRip, rip);

        switch (control.ExitCode)
        {
            case SvmExitCode.ReadCr8:
                DecodeMove(control, decodeAssists, ref exit);
                exit.Kind = VmExitKind.ReadControlRegister;
                break;
            case SvmExitCode.WriteCr8:
                DecodeMove(control, decodeAssists, ref exit);
                exit.Kind = VmExitKind.WriteControlRegister;
                break;

            case SvmExitCode.Interrupt: exit.Kind = VmExitKind.HostInterrupt; break;
            case SvmExitCode.NonMaskableInterrupt: exit.Kind = VmExitKind.HostNmi; break;
            case SvmExitCode.Init: exit.Kind = VmExitKind.HostInit; break;
            case SvmExitCode.VirtualInterrupt: exit.Kind = VmExitKind.InterruptWindow; break;
            case SvmExitCode.ReadPerformanceCounter: exit.Kind = VmExitKind.ReadPerformanceCounter; break;
            case SvmExitCode.Cpuid: exit.Kind = VmExitKind.Cpuid; break;
            // The backend makes more of it; by itself it only ends the wait for an NMI window.
            case SvmExitCode.InterruptReturn: exit.Kind = VmExitKind.NmiWindow; break;
            case SvmExitCode.InvalidateCaches or SvmExitCode.WriteBackCaches: exit.Kind = VmExitKind.InvalidateCaches; break;
            case SvmExitCode.Pause: exit.Kind = VmExitKind.Pause; break;
            case SvmExitCode.Halt: exit.Kind = VmExitKind.Halt; break;
            case SvmExitCode.PortIo:
                DecodePortIo(control, rip, ref exit);
                break;
            case SvmExitCode.Msr:
                exit.Kind = control.ExitInfo1 == 0 ? VmExitKind.ReadMsr : VmExitKind.WriteMsr;
                break;
            case SvmExitCode.TaskSwitch: exit.Kind = VmExitKind.TaskSwitch; break;
            case SvmExitCode.Shutdown: exit.Kind = VmExitKind.Shutdown; break;
            case SvmExitCode.Vmmcall: exit.Kind = VmExitKind.Hypercall; break;
            case SvmExitCode.Monitor: exit.Kind = VmExitKind.Monitor; break;
            case SvmExitCode.Mwait: exit.Kind = VmExitKind.Mwait; break;
            case SvmExitCode.SetXcr: exit.Kind = VmExitKind.SetXcr; break;

            // None of these is in the CPUID that guests see: #UD, as for SVM's own. RSM outside of SMM is one as well.
            case SvmExitCode.Vmrun or SvmExitCode.Vmload or SvmExitCode.Vmsave or SvmExitCode.Stgi or SvmExitCode.Clgi or SvmExitCode.Skinit:
            case SvmExitCode.InvalidatePageOfAsid or SvmExitCode.ResumeFromManagement or SvmExitCode.ReadProcessorRegister:
            case SvmExitCode.InvalidatePageBroadcast or SvmExitCode.Mcommit or SvmExitCode.TlbSync:
                exit.Kind = VmExitKind.VirtualizationInstruction;
                break;

            case SvmExitCode.NestedPageFault:
                DecodeNestedPageFault(control, ref exit);
                break;

            case SvmExitCode.Invalid or SvmExitCode.Busy: exit.Kind = VmExitKind.EntryFailed; break;
            case SvmExitCode.MachineCheckException: exit.Kind = VmExitKind.HostMachineCheck; break;
            case >= SvmExitCode.FirstException and <= SvmExitCode.LastException:
                DecodeException(control, ref exit);
                break;
            default: exit.Kind = VmExitKind.Unknown; break;
        }
    }

    private static byte Length(ulong nextRip, ulong rip) => nextRip - rip <= LongestInstruction ? (byte)(nextRip - rip) : (byte)0;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void DecodeMove(in VmcbControlArea control, bool decodeAssists, ref VmExit exit)
    {
        exit.ControlRegister = TaskPriorityRegister;
        exit.GeneralRegister = decodeAssists && (control.ExitInfo1 & IsMove) != 0 ? (byte)(control.ExitInfo1 & GeneralRegisterMask) : Undecoded;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void DecodePortIo(in VmcbControlArea control, ulong rip, ref VmExit exit)
    {
        var info = new PortExitInfo(control.ExitInfo1);
        exit.Kind = VmExitKind.PortIo;
        exit.Port = info.Port;
        exit.PortSize = info.Size;
        exit.AddressSize = info.AddressSize;
        exit.PortAccess = info.Access;
        // EXITINFO2 is the address behind the instruction, on every CPU.
        exit.InstructionLength = Length(control.ExitInfo2, rip);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void DecodeNestedPageFault(in VmcbControlArea control, ref VmExit exit)
    {
        var info = (NestedPageFaultInfo)control.ExitInfo1;
        exit.Kind = VmExitKind.SecondLevelFault;
        exit.GuestPhysical = control.ExitInfo2;
        exit.Access = (info & NestedPageFaultInfo.Fetch) != 0 ? MemoryAccess.Execute
            : (info & NestedPageFaultInfo.Write) != 0 ? MemoryAccess.Write : MemoryAccess.Read;
        exit.DuringPageWalk = (info & NestedPageFaultInfo.GuestTableWalk) != 0;
        exit.InstructionByteCount = control.FetchedBytes <= LongestInstruction ? control.FetchedBytes : (byte)0;
        exit.InstructionBytesLow = control.InstructionBytesLow;
        exit.InstructionBytesHigh = control.InstructionBytesHigh >> 8;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void DecodeException(in VmcbControlArea control, ref VmExit exit)
    {
        var vector = (ExceptionVector)(control.ExitCode - SvmExitCode.FirstException);
        bool hasErrorCode = vector is ExceptionVector.DoubleFault or (>= ExceptionVector.InvalidTaskState and <= ExceptionVector.PageFault)
            or ExceptionVector.AlignmentCheck or ExceptionVector.ControlProtection;
        exit.Kind = VmExitKind.Exception;
        exit.Event = hasErrorCode ? VcpuEvent.Exception(vector, (uint)control.ExitInfo1) : VcpuEvent.Exception(vector);
        exit.FaultAddress = control.ExitInfo2;
    }
}
