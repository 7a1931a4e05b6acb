namespace Lamina.Core;

/// <summary>
/// What has to be put right outside of a VM when it is over, however it came to that, a fault of our own code included: the other end of a wire sees its link down. Made
/// with the VM's devices and given to <see cref="VirtualMachine.AtEnd"/>.
/// </summary>
public abstract class VmEnding
{
    internal VmEnding? Next { get; set; }

    /// <summary>
    /// The VM is over: its vCPUs run no more, its deadlines are withdrawn, its memory is not mapped. What it left may be half-written. Whatever leads from outside to
    /// its objects is cut here. Not on the exit way, but under the allocator's trap all the same.
    /// </summary>
    public abstract void Ended();
}
