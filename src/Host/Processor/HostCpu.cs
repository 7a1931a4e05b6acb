using System.Runtime;
using System.Runtime.CompilerServices;
using Lamina.Core;

namespace Lamina.Host;

/// <summary>The CPU that runs this.</summary>
public sealed unsafe class HostCpu(int index, DeadlineTimer timer, int deadlines, bool hasBranchBarrier) : Cpu(index, timer, deadlines)
{
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
    protected override void Interrupt() { }

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
}
