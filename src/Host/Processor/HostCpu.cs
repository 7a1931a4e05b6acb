using Lamina.Core;

namespace Lamina.Host;

/// <summary>The CPU that runs this.</summary>
public sealed unsafe class HostCpu(int index, DeadlineTimer timer, int deadlines) : Cpu(index, timer, deadlines)
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
    public override void HandleMachineCheck() => Panic.Stop("a machine check while a guest ran");

    /// <inheritdoc/>
    protected override void WriteRoot(ulong root) => Instructions.WriteCr3(root);
}
