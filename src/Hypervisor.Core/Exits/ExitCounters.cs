namespace Lamina.Core;

/// <summary>How often a VM left its guest, by reason: what no guest can forge. Counted by the CPU that runs it.</summary>
public sealed class ExitCounters
{
    private readonly ulong[] _exits = new ulong[(int)VmExitKind.HostMachineCheck + 1];

    /// <summary>Exits of one kind.</summary>
    public ref ulong this[VmExitKind kind] => ref _exits[(int)kind];

    /// <summary>Reads and writes of MSRs that do not exist: #GP.</summary>
    public ulong UnknownMsrs;
    /// <summary>Accesses of ports at which nobody answers: all ones.</summary>
    public ulong UnknownPorts;
    /// <summary>Accesses of memory at which nobody answers: all ones.</summary>
    public ulong UnknownMemory;
    /// <summary>Virtqueues that broke a rule, after which their device needs a reset.</summary>
    public ulong BrokenQueues;

    /// <summary>All exits.</summary>
    public ulong Total
    {
        get
        {
            ulong total = 0;
            foreach (ulong count in _exits) total += count;
            return total;
        }
    }
}
