namespace Lamina.Core;

/// <summary>Decides what becomes of a VM that stops. Called by the CPU that ran it, outside of any exit.</summary>
public abstract class VmSupervisor
{
    /// <summary>
    /// A VM has asked to stop, or must: <see cref="VirtualMachine.StopRequest"/> says why, <paramref name="exit"/> is the exit that led to it.
    /// On return the VM either starts anew or all its vCPUs are <see cref="VcpuActivity.Stopped"/>, and the request is cleared.
    /// </summary>
    public abstract void HandleStop(VirtualMachine machine, in VmExit exit);
}
