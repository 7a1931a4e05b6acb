namespace Lamina.Core;

/// <summary>
/// The world switch of one vendor. Implemented by structs, so that the loop, which is generic over it, calls it directly.
/// </summary>
/// <typeparam name="TSelf">The struct itself.</typeparam>
public interface IProcessorBackend<TSelf> where TSelf : struct, IProcessorBackend<TSelf>
{
    /// <summary>
    /// Runs a vCPU until it exits, and decodes why. Called with interrupts off, by the CPU that the vCPU is assigned to, its VM's host table current.
    /// <paramref name="exit"/> is overwritten in the fields that its kind speaks of, and in <see cref="VmExit.InterruptedEvent"/> and the raw ones always.
    /// </summary>
    void Enter(VirtualCpu vcpu, ref VmExit exit);

    /// <summary>
    /// Calls <see cref="ExitLoop{TBackend}.RunTurn"/> so that a fault of our own code in it comes back here: true then, and
    /// <see cref="FaultGuard.Faulted"/> says whom it ended. Nothing of the call is unwound. (A static method of a generic type cannot be given to assembly,
    /// so each vendor has its own.)
    /// </summary>
    bool RunGuarded(ref Turn<TSelf> turn, ref RecoveryPoint recovery);
}
