namespace Lamina.Core;

/// <summary>
/// VMMCALL and VMCALL, by KVM's convention: the number in RAX, arguments in RBX, RCX, RDX, RSI, the result in RAX (Linux documentation, "KVM hypercalls"),
/// or by Hyper-V's once a guest has switched that on. None is offered in CPUID, so none is known.
/// </summary>
public static class HypercallHandler
{
    private const int UnknownCall = -1000, NotPermitted = -1;

    /// <summary>Carries out a hypercall on a vCPU's registers; RIP is the caller's.</summary>
    public static void Execute(VirtualCpu vcpu)
    {
        if (vcpu.Machine.HyperV.HypercallsEnabled)
        {
            HyperVPartition.Execute(vcpu);
            return;
        }
        int result = vcpu.State.PrivilegeLevel > 0 ? NotPermitted : UnknownCall;
        // Outside of 64-bit mode registers are 32 bits wide.
        vcpu.State.Registers.Rax = vcpu.State.Is64Bit ? (ulong)result : (uint)result;
    }
}
