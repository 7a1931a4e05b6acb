namespace Lamina.Core;

/// <summary>Decides when VMs start and what becomes of one that stops. Called by the CPU that runs them, outside of any exit.</summary>
public abstract class VmSupervisor
{
    /// <summary>
    /// A VM has asked to stop, or must: <see cref="VirtualMachine.StopRequest"/> says why, <paramref name="exit"/> is the exit that led to it.
    /// On return the VM either starts anew or all its vCPUs are <see cref="VcpuActivity.Stopped"/>, and the request is cleared.
    /// </summary>
    public abstract void HandleStop(VirtualMachine machine, in VmExit exit);

    /// <summary>Whether nothing runs any more and nothing is going to: the loop ends. Asked when no vCPU can run.</summary>
    public abstract bool IsDone { get; }

    /// <summary>Whether there is long work to go on with between turns: a VM to be built, memory to be cleared.</summary>
    public virtual bool HasJob => false;

    /// <summary>Does a bounded part of it.</summary>
    public virtual void Work() { }
}
