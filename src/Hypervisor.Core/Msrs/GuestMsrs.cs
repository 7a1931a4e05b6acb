namespace Lamina.Core;

/// <summary>The MSRs whose accesses exit.</summary>
public static class GuestMsrs
{
    /// <summary>Reads an MSR for a guest. False where the guest has to get #GP.</summary>
    public static bool TryRead(VirtualCpu vcpu, uint msr, out ulong value) => vcpu.State.TryReadSwitchedMsr(msr, out value);

    /// <summary>Writes an MSR for a guest. False where the guest has to get #GP.</summary>
    public static bool TryWrite(VirtualCpu vcpu, uint msr, ulong value) => vcpu.State.TryWriteSwitchedMsr(msr, value);
}
