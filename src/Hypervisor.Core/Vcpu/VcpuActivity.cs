namespace Lamina.Core;

/// <summary>What a vCPU does.</summary>
public enum VcpuActivity : byte
{
    /// <summary>It executes instructions.</summary>
    Running,
    /// <summary>HLT: it waits for an interrupt that it can take, an NMI, or INIT.</summary>
    Halted,
    /// <summary>It waits for a device on another CPU to answer: it can take no interrupt meanwhile.</summary>
    WaitingForDevice,
    /// <summary>After INIT: it waits for a start-up message.</summary>
    WaitingForStartup,
    /// <summary>Its VM has ended or is not started.</summary>
    Stopped,
}
