using System.Runtime.CompilerServices;

namespace Lamina.Core;

/// <summary>
/// The one switch that handles exits, for both vendors. Nothing here allocates, throws or logs; the work of each case is bounded.
/// </summary>
public static class ExitDispatcher
{
    /// <summary>Handles an exit of a vCPU. On return the vCPU can be entered again, is halted, or its VM has a stop request.</summary>
    public static void Handle(Cpu cpu, VirtualCpu vcpu, ref VmExit exit)
    {
        switch (exit.Kind)
        {
            case VmExitKind.HostInterrupt:
            case VmExitKind.HostNmi:
                // Where it interrupted an event's delivery the loop serves it, once that event waits again: an INIT that has come drops it with all others.
                if (!exit.InterruptedEvent.IsValid) cpu.ServeInterrupts();
                break;

            case VmExitKind.InterruptWindow:
                vcpu.Kick();
                // An entry that asks for a window is where QEMU 7.2 can lose the host's interrupts (docs/caveats.md): neither what is due nor mail counts on one.
                cpu.ServeWithoutInterrupts();
                break;

            case VmExitKind.NmiWindow:
            case VmExitKind.TaskPriorityLowered:
                vcpu.Kick();
                break;

            case VmExitKind.ApicWrite:
                vcpu.Apic.WrittenByHardware(exit.ApicOffset);
                break;

            case VmExitKind.EndOfInterrupt:
                vcpu.Apic.EndedByHardware(exit.Event.Vector);
                break;

            case VmExitKind.Cpuid:
                if (!vcpu.Emulator.TryGetNextRip(exit, out ulong afterCpuid)) break;
                vcpu.Machine.Cpuid.Execute(vcpu);
                vcpu.CompleteInstruction(afterCpuid);
                break;

            case VmExitKind.PortIo:
                Conclude(vcpu, exit, vcpu.Emulator.EmulatePortIo(exit));
                break;

            case VmExitKind.SecondLevelFault:
                if (exit.InterruptedEvent.IsValid)
                {
                    // The IDT or the stack of a handler lies at a device: no instruction at RIP has anything to do with it.
                    vcpu.Machine.RequestStop(VmStopReason.UnhandledExit, vcpu);
                    break;
                }
                Conclude(vcpu, exit, vcpu.Emulator.EmulateMemoryAccess(exit));
                break;

            case VmExitKind.ReadMsr:
                ReadMsr(vcpu, exit);
                break;

            case VmExitKind.WriteMsr:
                WriteMsr(vcpu, exit);
                break;

            case VmExitKind.Halt:
                if (!vcpu.Emulator.TryGetNextRip(exit, out ulong afterHalt)) break;
                vcpu.CompleteInstruction(afterHalt);
                vcpu.Activity = VcpuActivity.Halted;
                // What is pending already ends the halt at once.
                vcpu.Kick();
                break;

            case VmExitKind.Hypercall:
                if (!vcpu.Emulator.TryGetNextRip(exit, out ulong afterHypercall)) break;
                HypercallHandler.Execute(vcpu);
                vcpu.CompleteInstruction(afterHypercall);
                break;

            case VmExitKind.ReadControlRegister:
            case VmExitKind.WriteControlRegister:
                MoveControlRegister(vcpu, exit);
                break;

            case VmExitKind.SetXcr:
                SetXcr(vcpu, exit);
                break;

            case VmExitKind.InvalidateCaches:
                // The guest's RAM is coherent whatever it does, so there is nothing to write back: on its behalf, nothing is lost.
                Skip(vcpu, exit);
                break;

            case VmExitKind.Pause:
                cpu.ServeInterrupts();
                Skip(vcpu, exit);
                // It exits by itself only after a long loop of them.
                vcpu.Scheduler?.Yield();
                break;

            case VmExitKind.VirtualizationInstruction:
            case VmExitKind.Monitor:
            case VmExitKind.Mwait:
                // CPUID shows none of them.
                vcpu.Raise(ExceptionVector.InvalidOpcode);
                break;

            case VmExitKind.ReadPerformanceCounter:
                vcpu.Raise(ExceptionVector.GeneralProtection, 0);
                break;

            case VmExitKind.Exception:
                Reflect(vcpu, exit);
                cpu.ServeInterrupts();
                break;

            case VmExitKind.HostMachineCheck:
                cpu.HandleMachineCheck();
                break;

            case VmExitKind.Shutdown:
                vcpu.Machine.RequestStop(VmStopReason.TripleFault, vcpu);
                break;

            case VmExitKind.HostInit:
                // Under AMD-V INIT waits until GIF is set and then resets this CPU, as on a machine without a hypervisor; under VT-x the exit has consumed it.
                break;

            case VmExitKind.EntryFailed:
                vcpu.Machine.RequestStop(VmStopReason.EntryFailed, vcpu);
                break;

            default:
                vcpu.Machine.RequestStop(VmStopReason.UnhandledExit, vcpu);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Conclude(VirtualCpu vcpu, in VmExit exit, EmulationResult result)
    {
        if (result >= EmulationResult.Waiting) ConcludeUndone(vcpu, exit, result);
    }

    // By itself, so that the way without it saves no registers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ConcludeUndone(VirtualCpu vcpu, in VmExit exit, EmulationResult result)
    {
        if (result == EmulationResult.Waiting) vcpu.WaitingExit = exit;
        else vcpu.Machine.RequestStop(VmStopReason.UnsupportedInstruction, vcpu);
    }

    private static void Skip(VirtualCpu vcpu, in VmExit exit)
    {
        if (vcpu.Emulator.TryGetNextRip(exit, out ulong next)) vcpu.CompleteInstruction(next);
    }

    private static void ReadMsr(VirtualCpu vcpu, in VmExit exit)
    {
        if (!vcpu.Emulator.TryGetNextRip(exit, out ulong next)) return;
        ref var registers = ref vcpu.State.Registers;
        if (!GuestMsrs.TryRead(vcpu, (uint)registers.Rcx, out ulong value))
        {
            vcpu.Counters.UnknownMsrs++;
            vcpu.Raise(ExceptionVector.GeneralProtection, 0);
            return;
        }
        registers.Rax = (uint)value;
        registers.Rdx = value >> 32;
        vcpu.CompleteInstruction(next);
    }

    private static void WriteMsr(VirtualCpu vcpu, in VmExit exit)
    {
        if (!vcpu.Emulator.TryGetNextRip(exit, out ulong next)) return;
        ref readonly var registers = ref vcpu.State.Registers;
        if (!GuestMsrs.TryWrite(vcpu, (uint)registers.Rcx, (uint)registers.Rax | registers.Rdx << 32))
        {
            vcpu.Counters.UnknownMsrs++;
            vcpu.Raise(ExceptionVector.GeneralProtection, 0);
            return;
        }
        vcpu.CompleteInstruction(next);
    }

    private static void MoveControlRegister(VirtualCpu vcpu, in VmExit exit)
    {
        if (!vcpu.Emulator.TryDecodeControlRegisterMove(exit, out int register, out ulong next)) return;
        ref ulong operand = ref vcpu.State.Registers[register];
        if (exit.Kind == VmExitKind.WriteControlRegister)
        {
            ulong value = vcpu.State.Is64Bit ? operand : (uint)operand;
            if (ControlRegisterWrites.TryWrite(vcpu, exit.ControlRegister, value)) vcpu.CompleteInstruction(next);
            else vcpu.Raise(ExceptionVector.GeneralProtection, 0);
            return;
        }
        // The others are read without an exit: of what is ours in them the guest sees a shadow.
        if (exit.ControlRegister != ControlRegisterWrites.TaskPriorityRegister)
        {
            vcpu.Machine.RequestStop(VmStopReason.UnhandledExit, vcpu);
            return;
        }
        operand = vcpu.Apic.TaskPriorityClass;
        vcpu.CompleteInstruction(next);
    }

    /// <summary>XSETBV (AMD APM vol. 4; Intel SDM vol. 2, XSETBV): XCR0 alone, x87 always in it, AVX only with SSE, nothing that CPUID does not offer.</summary>
    private static void SetXcr(VirtualCpu vcpu, in VmExit exit)
    {
        const ulong x87 = XsaveComponents.X87, sse = XsaveComponents.Sse, avx = XsaveComponents.Avx;
        if (!vcpu.Emulator.TryGetNextRip(exit, out ulong next)) return;
        ref readonly var registers = ref vcpu.State.Registers;
        ulong value = (uint)registers.Rax | registers.Rdx << 32;
        if ((uint)registers.Rcx != 0 || vcpu.State.PrivilegeLevel != 0 || (value & x87) == 0 || (value & (sse | avx)) == avx
            || (value & ~vcpu.Machine.Cpuid.SupportedXcr0) != 0)
        {
            vcpu.Raise(ExceptionVector.GeneralProtection, 0);
            return;
        }
        vcpu.State.Xcr0 = value;
        vcpu.CompleteInstruction(next);
    }

    /// <summary>
    /// #DB and #AC are intercepted only so that a guest that raises them without end, each on the delivery of the one before, still lets its CPU take
    /// interrupts: they go on to the guest.
    /// </summary>
    private static void Reflect(VirtualCpu vcpu, in VmExit exit)
    {
        var vector = (ExceptionVector)exit.Event.Vector;
        if (exit.Event.HasErrorCode) vcpu.Raise(vector, exit.Event.ErrorCode);
        else vcpu.Raise(vector);
    }
}
