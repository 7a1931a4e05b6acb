namespace Lamina.Core;

/// <summary>
/// Decides when VMs start and what becomes of one that stops. One for all CPUs: each calls with itself, outside of any exit; what is decided and what takes long is done by one of them.
/// </summary>
public abstract class VmSupervisor
{
    /// <summary>
    /// A VM has asked to stop, or must: <see cref="VirtualMachine.StopRequest"/> says why, <paramref name="exit"/> is the exit that led to it.
    /// On return the VM either starts anew or none of its vCPUs is in a scheduler, and the request is cleared.
    /// </summary>
    public abstract void HandleStop(Cpu cpu, VirtualMachine machine, in VmExit exit);

    /// <summary>Whether nothing runs any more and nothing is going to: the loop of the CPU that asks ends. Asked when no vCPU can run.</summary>
    public abstract bool IsDone(Cpu cpu);

    /// <summary>Whether there is long work for the CPU that asks to go on with between turns: a VM to be built, memory to be cleared.</summary>
    public virtual bool HasJob(Cpu cpu) => false;

    /// <summary>A VM has said that it is ready. On the exit way.</summary>
    public virtual void NoteReady(VirtualMachine machine) { }

    /// <summary>Does a bounded part of it.</summary>
    public virtual void Work() { }
}
