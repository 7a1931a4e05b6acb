using Lamina.Core;
using Lamina.Host;

namespace Lamina.Boot;

/// <summary>What is said of a VM when it fails: why, where, the registers, the instruction.</summary>
internal static class VmReport
{
    private const ulong MillisecondsPerSecond = 1000;

    /// <summary>Writes why a VM failed. Its last exit and its vCPUs tell where.</summary>
    public static void Write(Log log, VirtualMachine machine, VmStopReason reason, in VmExit exit)
    {
        log.Error(machine.Name).Text(": ").Text(Explain(reason)).End();
        var line = log.Error("  exit ");
        if (machine.StoppedBy is { } vcpu && machine.Vcpus.Length > 1) line.Text("of vCPU ").Decimal((ulong)vcpu.Index).Text(": ");
        line.Text(Name(exit.Kind)).Text(", reason ").Hex(exit.RawReason).Text(", info ").Hex(exit.RawInfo1).Text(" ").Hex(exit.RawInfo2).End();
        WriteExitsBefore(log, exit.Recent >> VmExit.BitsOfKind);
        foreach (var each in machine.Vcpus)
        {
            if (reason == VmStopReason.EntryFailed)
            {
                string rule = each.State.FindEntryFailure(out string subject) ?? "no rule that is known is broken";
                log.Error("  vCPU ").Decimal((ulong)each.Index).Text(": ").Text(subject).Text(rule).End();
            }
            WriteRegisters(log, each);
        }
    }

    /// <summary>Writes how long a VM has had a CPU and how often it left its guest, and why, for whoever asked for debug output.</summary>
    public static void WriteCounters(Log log, VirtualMachine machine, ulong now)
    {
        ulong total = 0, unknownMsrs = 0;
        foreach (var vcpu in machine.Vcpus)
        {
            total += vcpu.Counters.Total;
            unknownMsrs += vcpu.Counters.UnknownMsrs;
        }
        WriteTimes(log.Debug(machine.Name).Text(": "), machine, now).End();
        log.Debug(machine.Name).Text(": ").Decimal(total).Text(" exits").End();
        for (var kind = VmExitKind.Unknown; kind <= VmExitKind.HostMachineCheck; kind++)
        {
            ulong count = 0;
            foreach (var vcpu in machine.Vcpus) count += vcpu.Counters[kind];
            if (count != 0) log.Debug("  ").Text(Name(kind)).Text(" ").Decimal(count).End();
        }
        log.Debug("  unknown MSRs ").Decimal(unknownMsrs).Text(", ports ").Decimal(machine.Counters.UnknownPorts)
            .Text(", memory ").Decimal(machine.Counters.UnknownMemory).End();
    }

    /// <summary>Adds to a line how long a VM's vCPUs have had a CPU, all together, and how long they could have run but had none. On any CPU.</summary>
    public static LogLine WriteTimes(LogLine line, VirtualMachine machine, ulong now) =>
        line.Text("CPU time ").Decimal(Milliseconds(machine, machine.UsedTicksAt(now))).Text(" ms, stolen ").Decimal(Milliseconds(machine, machine.StolenTicksAt(now))).Text(" ms");

    private static ulong Milliseconds(VirtualMachine machine, ulong ticks) => machine.Clock.ToPeriods(ticks, MillisecondsPerSecond);

    private static void WriteExitsBefore(Log log, ulong recent)
    {
        if (recent == 0) return;
        var line = log.Error("  before it in this turn, the latest first:");
        for (; recent != 0; recent >>= VmExit.BitsOfKind)
            line.Text(" ").Text(Name((VmExitKind)(byte)recent)).Text(recent >> VmExit.BitsOfKind != 0 ? "," : "");
        line.End();
    }

    private static void WriteRegisters(Log log, VirtualCpu vcpu)
    {
        var state = vcpu.State;
        ref readonly var r = ref state.Registers;
        log.Error("  vCPU ").Decimal((ulong)vcpu.Index).Text(": CS:RIP ").Hex(state.GetSegment(SegmentName.Cs).Selector, 4).Text(":").Hex(state.Rip, 16)
            .Text(" RFLAGS ").Hex((ulong)state.Rflags).End();
        Four(log, "RAX", r.Rax, "RBX", r.Rbx, "RCX", r.Rcx, "RDX", r.Rdx);
        Four(log, "RSI", r.Rsi, "RDI", r.Rdi, "RBP", r.Rbp, "RSP", r.Rsp);
        Four(log, "R8 ", r.R8, "R9 ", r.R9, "R10", r.R10, "R11", r.R11);
        Four(log, "R12", r.R12, "R13", r.R13, "R14", r.R14, "R15", r.R15);
        Four(log, "CR0", (ulong)state.Cr0, "CR2", state.Cr2, "CR3", state.Cr3, "CR4", (ulong)state.Cr4);
        var line = log.Error("  instruction bytes:");
        foreach (byte value in vcpu.Emulator.LastInstruction) line.Text(" ").Hex(value, 2);
        line.End();
    }

    private static void Four(Log log, string a, ulong va, string b, ulong vb, string c, ulong vc, string d, ulong vd) =>
        log.Error("    ").Text(a).Text(" ").Hex(va, 16).Text(" ").Text(b).Text(" ").Hex(vb, 16)
            .Text(" ").Text(c).Text(" ").Hex(vc, 16).Text(" ").Text(d).Text(" ").Hex(vd, 16).End();

    private static string Explain(VmStopReason reason) => reason switch
    {
        VmStopReason.TripleFault => "triple fault",
        VmStopReason.UnsupportedInstruction => "an instruction that meets a device and is not emulated",
        VmStopReason.UnhandledExit => "an exit that is not handled",
        VmStopReason.EntryFailed => "the processor refused the control block",
        VmStopReason.HypervisorFault => "a fault of the hypervisor's own code",
        _ => "stopped",
    };

    private static string Name(VmExitKind kind) => kind switch
    {
        VmExitKind.EntryFailed => "entry failed",
        VmExitKind.HostInterrupt => "host interrupt",
        VmExitKind.HostNmi => "host NMI",
        VmExitKind.InterruptWindow => "interrupt window",
        VmExitKind.NmiWindow => "NMI window",
        VmExitKind.TaskPriorityLowered => "task priority lowered",
        VmExitKind.ApicWrite => "APIC write",
        VmExitKind.EndOfInterrupt => "end of interrupt",
        VmExitKind.Cpuid => "CPUID",
        VmExitKind.Halt => "HLT",
        VmExitKind.PortIo => "port I/O",
        VmExitKind.ReadMsr => "RDMSR",
        VmExitKind.WriteMsr => "WRMSR",
        VmExitKind.SecondLevelFault => "second-level fault",
        VmExitKind.ReadControlRegister => "control register read",
        VmExitKind.WriteControlRegister => "control register write",
        VmExitKind.ReadDebugRegister => "debug register read",
        VmExitKind.WriteDebugRegister => "debug register write",
        VmExitKind.Exception => "exception",
        VmExitKind.Hypercall => "hypercall",
        VmExitKind.VirtualizationInstruction => "virtualization instruction",
        VmExitKind.InvalidateCaches => "INVD/WBINVD",
        VmExitKind.SetXcr => "XSETBV",
        VmExitKind.Monitor => "MONITOR",
        VmExitKind.Mwait => "MWAIT",
        VmExitKind.Pause => "PAUSE",
        VmExitKind.ReadPerformanceCounter => "RDPMC",
        VmExitKind.TaskSwitch => "task switch",
        VmExitKind.Shutdown => "shutdown",
        VmExitKind.HostInit => "INIT",
        VmExitKind.HostMachineCheck => "machine check",
        _ => "unknown",
    };
}
