namespace Lamina.Host;

/// <summary>What a CPU other than the first is to run, outside of any exit: <see cref="HostCpu.Start"/>.</summary>
public abstract class CpuProgram
{
    /// <summary>Runs it, on that CPU. When it returns, the CPU waits for the next.</summary>
    public abstract void Run(HostCpu cpu);
}
