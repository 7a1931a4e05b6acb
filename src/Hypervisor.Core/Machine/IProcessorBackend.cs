namespace Lamina.Core;

/// <summary>
/// The world switch of one vendor. Implemented by structs, so that the loop, which is generic over it, calls it directly.
/// </summary>
public interface IProcessorBackend
{
    /// <summary>
    /// Runs a vCPU until it exits, and decodes why. Called with interrupts off, by the CPU that the vCPU is assigned to, its VM's host table current.
    /// <paramref name="exit"/> is overwritten in the fields that its kind speaks of, and in <see cref="VmExit.InterruptedEvent"/> and the raw ones always.
    /// </summary>
    void Enter(VirtualCpu vcpu, ref VmExit exit);
}
