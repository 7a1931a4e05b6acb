namespace Lamina.Core;

/// <summary>VMMCALL and VMCALL.</summary>
public static class HypercallHandler
{
    /// <summary>Carries out a hypercall on a vCPU's registers; RIP is the caller's.</summary>
    public static void Execute(VirtualCpu vcpu) => vcpu.State.Registers.Rax = ulong.MaxValue;
}
