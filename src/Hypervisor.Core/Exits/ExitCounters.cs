namespace Lamina.Core;

/// <summary>How often a vCPU left its guest, by reason: what no guest can forge. Counted by the CPU that runs it.</summary>
public sealed class ExitCounters
{
    private readonly ulong[] _exits = new ulong[(int)VmExitKind.HostMachineCheck + 1];

    /// <summary>Exits of one kind.</summary>
    public ref ulong this[VmExitKind kind] => ref _exits[(int)kind];

    /// <summary>Reads and writes of MSRs that do not exist: #GP.</summary>
    public ulong UnknownMsrs;

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
