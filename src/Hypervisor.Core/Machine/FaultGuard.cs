using System.Diagnostics;

namespace Lamina.Core;

/// <summary>
/// What is known on a CPU when its own code faults: for which VM it works, whether it can go on without that VM, and where. Guarded work (a turn, the
/// deadlines that end a halt, a step of a job) is called through the <c>guarded</c> macro; nothing of this costs an exit anything.
/// </summary>
public sealed class FaultGuard
{
    private RecoveryPoint _recovery;
    private int _critical;

    /// <summary>Where guarded work ends when it faults.</summary>
    public ref RecoveryPoint Recovery => ref _recovery;

    /// <summary>The VM on whose account guarded work is done; null for the hypervisor's own.</summary>
    public VirtualMachine? Served { get; set; }

    /// <summary>The VM that the last fault ended, until it is taken.</summary>
    public VirtualMachine? Faulted { get; private set; }

    /// <summary>Whether guarded work is under way and changes nothing that VMs share.</summary>
    public bool CanRecover => _recovery.StackPointer != 0 && _critical == 0;

    /// <summary>
    /// Something is about to be changed that outlives the VM that is served: the scheduler's queue, the allocator, the console's ring, what of a vCPU is in
    /// the CPU. A fault until <see cref="LeaveCritical"/> ends the machine. Sections may be nested.
    /// </summary>
    public void EnterCritical() => _critical++;

    /// <summary>It is whole again.</summary>
    public void LeaveCritical()
    {
        Debug.Assert(_critical > 0);
        _critical--;
    }

    /// <summary>The fault of a VM's work was caught: the VM is over.</summary>
    public void Catch(VirtualMachine machine)
    {
        machine.Fail();
        Faulted = machine;
    }

    /// <summary>The VM that has to be dealt with, once.</summary>
    public VirtualMachine? TakeFaulted()
    {
        var machine = Faulted;
        Faulted = null;
        return machine;
    }
}
