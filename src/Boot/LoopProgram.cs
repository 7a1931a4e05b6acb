using Lamina.Core;
using Lamina.Host;

namespace Lamina.Boot;

/// <summary>The loop of another CPU, for ever.</summary>
internal sealed class LoopProgram(ProcessorBackend processor, Scheduler scheduler, VmSupervisor supervisor) : CpuProgram
{
    /// <inheritdoc/>
    public override void Run(HostCpu cpu) => processor.RunLoop(cpu, scheduler, supervisor);
}
