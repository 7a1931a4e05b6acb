using System.Threading;
using Lamina.Core;
using Lamina.Host;

namespace Lamina.Boot;

/// <summary>Turns virtualization on, on another CPU. At boot, while the first one waits: it allocates.</summary>
internal sealed class EnableProgram(ProcessorBackend processor, HostMemory memory) : CpuProgram
{
    private string? _obstacle;
    private bool _isDone;

    /// <inheritdoc/>
    public override void Run(HostCpu cpu)
    {
        _obstacle = processor.TryEnable(cpu, memory);
        Volatile.Write(ref _isDone, true);
    }

    /// <summary>Waits until it has run. Null, or why this CPU can run no VM, in words.</summary>
    public string? Await()
    {
        while (!Volatile.Read(ref _isDone)) Instructions.Pause();
        return _obstacle;
    }
}
