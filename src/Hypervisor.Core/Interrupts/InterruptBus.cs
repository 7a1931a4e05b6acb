namespace Lamina.Core;

/// <summary>
/// What joins a VM's local APICs, its I/O APIC and its 8259 pair. Called on the exit way by the CPU that runs the VM.
/// Its two ways in are virtual so that a test of an interrupt controller can listen.
/// </summary>
public class InterruptBus(VirtualCpu[] vcpus)
{
    private readonly VirtualCpu[] _vcpus = vcpus;

    /// <summary>The 8259 pair, when the VM has one: wired to vCPU 0's LINT0 and INTR pin.</summary>
    public ExternalInterruptSource? ExternalInterrupts { get; set; }

    /// <summary>Who hears of the end of level-triggered interrupts: the I/O APIC, when the VM has one.</summary>
    public EndOfInterruptListener? EndOfInterruptListener { get; set; }

    /// <summary>Delivers a message to the local APICs that it names. False when nobody took it.</summary>
    public virtual bool Send(in InterruptMessage message)
    {
        if (message.Mode == DeliveryMode.LowestPriority)
        {
            VirtualCpu? lowest = null;
            foreach (var vcpu in _vcpus)
                if (vcpu.Apic.IsAddressedBy(message) && (lowest is null || vcpu.Apic.ProcessorPriority < lowest.Apic.ProcessorPriority)) lowest = vcpu;
            return lowest is not null && lowest.Apic.Accept(message);
        }
        bool taken = false;
        foreach (var vcpu in _vcpus)
        {
            if (vcpu.Apic.IsAddressedBy(message)) taken |= vcpu.Apic.Accept(message);
        }
        return taken;
    }

    /// <summary>Sends a message to every vCPU, or to all but one (the ICR's shorthands).</summary>
    public void Broadcast(in InterruptMessage message, VirtualCpu? except)
    {
        foreach (var vcpu in _vcpus)
            if (vcpu != except) vcpu.Apic.Accept(message);
    }

    /// <summary>The 8259 pair's output changed: vCPU 0 looks again before it runs on.</summary>
    public virtual void ExternalInterruptChanged() => _vcpus[0].Kick();
}
