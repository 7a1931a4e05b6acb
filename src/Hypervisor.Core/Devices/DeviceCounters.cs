namespace Lamina.Core;

/// <summary>What a VM's devices counted of its guest's mistakes. By the CPU that has its devices.</summary>
public sealed class DeviceCounters
{
    /// <summary>Accesses of ports at which nobody answers: all ones.</summary>
    public ulong UnknownPorts;
    /// <summary>Accesses of memory at which nobody answers: all ones.</summary>
    public ulong UnknownMemory;
    /// <summary>Virtqueues that broke a rule, after which their device needs a reset.</summary>
    public ulong BrokenQueues;
}
