namespace Lamina.Core;

/// <summary>What CPUID tells a VM's vCPUs: composed when the VM is built, never passed through.</summary>
public sealed class GuestCpuid
{
    /// <summary>Which bits of XCR0 the guest may set.</summary>
    public ulong SupportedXcr0 => 1;

    /// <summary>Carries out CPUID on a vCPU's registers (EAX and ECX in; EAX, EBX, ECX, EDX out). RIP is the caller's.</summary>
    public void Execute(VirtualCpu vcpu) => vcpu.State.Registers.Rax = 0;
}
