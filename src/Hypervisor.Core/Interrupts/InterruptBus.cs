namespace Lamina.Core;

/// <summary>
/// What joins a VM's local APICs, its I/O APIC and its 8259 pair. On the exit way: the CPU that has the VM's devices sends what comes from them, each vCPU's CPU what its local APIC sends. Who a message is for is
/// read from the others' registers as they are at that moment; what is for a vCPU on another CPU goes into its <see cref="VcpuInbox"/>.
/// Its two ways in are virtual so that a test of an interrupt controller can listen.
/// </summary>
public class InterruptBus(VirtualCpu[] vcpus)
{
    private readonly VirtualCpu[] _vcpus = vcpus;

    /// <summary>The 8259 pair, when the VM has one: wired to vCPU 0's LINT0 and INTR pin.</summary>
    public ExternalInterruptSource? ExternalInterrupts { get; set; }

    /// <summary>Who hears of the end of level-triggered interrupts: the I/O APIC, when the VM has one.</summary>
    public EndOfInterruptListener? EndOfInterruptListener { get; set; }

    /// <summary>Delivers a device's message to the local APICs that it names. False when nobody took it.</summary>
    public virtual bool Send(in InterruptMessage message) => Send(message, _vcpus.Length != 0 ? _vcpus[0].Machine.Cpu : null);

    /// <summary>Delivers a message to the local APICs that it names, from the CPU that is given. False when nobody took it.</summary>
    public bool Send(in InterruptMessage message, Cpu? from)
    {
        if (message.Mode == DeliveryMode.LowestPriority)
        {
            VirtualCpu? lowest = null;
            foreach (var vcpu in _vcpus)
                if (vcpu.Apic.IsAddressedBy(message) && (lowest is null || vcpu.Apic.ProcessorPriority < lowest.Apic.ProcessorPriority)) lowest = vcpu;
            return lowest is not null && Deliver(lowest, message, from);
        }
        bool taken = false;
        foreach (var vcpu in _vcpus)
        {
            if (vcpu.Apic.IsAddressedBy(message)) taken |= Deliver(vcpu, message, from);
        }
        return taken;
    }

    /// <summary>Sends a message to every vCPU, or to all but one (the ICR's shorthands), from the CPU that is given.</summary>
    public void Broadcast(in InterruptMessage message, VirtualCpu? except, Cpu from)
    {
        foreach (var vcpu in _vcpus)
            if (vcpu != except) Deliver(vcpu, message, from);
    }

    private static bool Deliver(VirtualCpu vcpu, in InterruptMessage message, Cpu? from)
    {
        if (ReferenceEquals(vcpu.Cpu, from)) return vcpu.Apic.Accept(message);
        if (!vcpu.Apic.WouldAccept(message)) return false;
        vcpu.Inbox.Post(message);
        return true;
    }

    /// <summary>The 8259 pair's output changed: vCPU 0 looks again before it runs on.</summary>
    public virtual void ExternalInterruptChanged() => _vcpus[0].Kick();
}
