using System.Runtime;
using System.Runtime.CompilerServices;
using System.Threading;
using Lamina.Core;

namespace Lamina.Host;

/// <summary>A CPU of the machine.</summary>
/// <param name="index">Its number, 0 for the one that booted.</param>
/// <param name="apic">The local APICs, each CPU's own.</param>
/// <param name="apicId">Its APIC ID.</param>
/// <param name="timer">The timers, each CPU's own.</param>
/// <param name="deadlines">How many deadlines it can have at once.</param>
/// <param name="hasBranchBarrier">Whether CPUs have IBPB.</param>
/// <param name="report">What is told of a fault on it.</param>
public sealed unsafe class HostCpu(int index, HostApic apic, uint apicId, DeadlineTimer timer, int deadlines, bool hasBranchBarrier, FaultReport report)
    : Cpu(index, timer, deadlines)
{
    private readonly Wake _wake = new();
    private CpuProgram? _program;

    /// <summary>The CPU that runs this; null in the first moments, when there is none yet. For where nobody could hand it down: interrupts and faults.</summary>
    public static HostCpu? Current => ReadCurrent();

    /// <summary>The local APICs; on this CPU, its own.</summary>
    public HostApic Apic => apic;

    /// <summary>Its APIC ID.</summary>
    public uint ApicId => apicId;

    /// <summary>What is told of a fault on it.</summary>
    public FaultReport Report { get; } = report;

    /// <summary>Ends a VM for a fault, where that can be; null until there are VMs.</summary>
    public FaultContainment? Containment { get; set; }

    /// <summary>Whether the handler of a physical interrupt is at work.</summary>
    internal bool IsInInterrupt { get; set; }

    /// <summary>Has it run a program, by the first CPU at boot, which waits for the end of one before it starts another.</summary>
    public void Start(CpuProgram program)
    {
        Volatile.Write(ref _program, program);
        Send(_wake);
    }

    /// <summary>Waits for the next program and runs it. By a CPU other than the first.</summary>
    internal void RunNext()
    {
        CpuProgram? program;
        while ((program = Interlocked.Exchange(ref _program, null)) == null)
            Idle();
        program.Run(this);
    }

    /// <summary>Sends it an NMI, by another CPU.</summary>
    internal void SendNmi() => apic.SendNmi(apicId);

    /// <inheritdoc/>
    public override ulong ReadTsc() => Instructions.ReadTimestamp();

    /// <inheritdoc/>
    public override CpuidResult ReadCpuid(uint leaf, uint subleaf)
    {
        CpuidResult result;
        Instructions.CpuId(leaf, subleaf, &result);
        return result;
    }

    /// <inheritdoc/>
    public override bool TryReadMsr(uint msr, out ulong value) => Instructions.TryReadMsr(msr, out value);

    /// <inheritdoc/>
    public override bool TryWriteMsr(uint msr, ulong value) => Instructions.TryWriteMsr(msr, value);

    /// <inheritdoc/>
    protected override void TakeInterrupts() => Instructions.TakeInterrupts();

    /// <inheritdoc/>
    protected override void WaitForInterrupt() => Instructions.WaitForInterrupt();

    /// <inheritdoc/>
    protected override bool ExpireGuarded() => !ExpireGuarded(this, ref Guard.Recovery);

    /// <inheritdoc/>
    protected override bool WorkGuarded(VmSupervisor supervisor) => !WorkGuarded(supervisor, ref Guard.Recovery);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HostCurrentCpu")]
    private static extern HostCpu? ReadCurrent();

    [RuntimeExport("HostWork")]
    private static void Work(VmSupervisor supervisor) => supervisor.Work();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HostWorkGuarded")]
    private static extern bool WorkGuarded(VmSupervisor supervisor, ref RecoveryPoint recovery);

    [RuntimeExport("HostExpire")]
    private static void Expire(HostCpu cpu) => cpu.ExpireDeadlines();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HostExpireGuarded")]
    private static extern bool ExpireGuarded(HostCpu cpu, ref RecoveryPoint recovery);

    /// <inheritdoc/>
    protected override void Interrupt() => apic.SendInterrupt(apicId, InterruptVector.Mail);

    /// <inheritdoc/>
    public override void HandleMachineCheck() => Panic.Stop("a machine check while a guest ran");

    /// <inheritdoc/>
    protected override void WriteRoot(ulong root)
    {
        Instructions.WriteCr3(root);
        // Another VM is served from now on: what the last one has taught the branch predictors is forgotten.
        if (hasBranchBarrier)
            Instructions.WriteMsr(ModelSpecificRegister.PredictionCommand, ModelSpecificRegister.BranchPredictionBarrier);
    }

    // It has come out of its halt, and looks for its program.
    private sealed class Wake : CpuWork
    {
        public override void Run(Cpu cpu)
        {
        }
    }
}
