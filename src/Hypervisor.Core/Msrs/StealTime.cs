namespace Lamina.Core;

/// <summary>
/// KVM's steal time: how long a vCPU could have run but another had its CPU, in the guest's own memory (Linux documentation, "KVM-specific MSRs").
/// </summary>
public sealed class StealTime(VirtualCpu vcpu)
{
    // struct kvm_steal_time, 64 bytes: steal (ns) at 0, version at 8, flags at 12, preempted at 16.
    private const ulong Length = 64, VersionOffset = 8;
    private const ulong Enable = 1;

    private readonly VirtualCpu _vcpu = vcpu;
    private ulong _published;
    private uint _version;

    /// <summary>The MSR: the structure's GPA and the enable bit.</summary>
    public ulong Address { get; private set; }

    /// <summary>Off.</summary>
    public void Reset() => Address = 0;

    /// <summary>Writes the MSR. False, for #GP, when the address is not aligned to 64 bytes or not RAM.</summary>
    public bool TrySetAddress(ulong value)
    {
        Address = 0;
        if ((value & Enable) == 0) return true;
        ulong gpa = value & ~Enable;
        if (gpa % Length != 0 || !_vcpu.Machine.Memory.TryClear(gpa, Length)) return false;
        Address = value;
        _version = 0;
        _published = 0;
        Publish();
        return true;
    }

    /// <summary>Before the vCPU runs on: tells the guest what was stolen meanwhile. The VM's host table must be loaded.</summary>
    public void Refresh()
    {
        if (Address != 0 && _published != _vcpu.Share.StolenTicks) Publish();
    }

    private void Publish()
    {
        ulong gpa = Address & ~Enable;
        var machine = _vcpu.Machine;
        _published = _vcpu.Share.StolenTicks;
        machine.Memory.TryWrite(gpa + VersionOffset, ++_version);
        machine.Memory.TryWrite(gpa, machine.Clock.ToNanoseconds(_published));
        machine.Memory.TryWrite(gpa + VersionOffset, ++_version);
    }
}
