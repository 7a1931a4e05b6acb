using System.Collections.Generic;
using System.Numerics;
using Lamina.Testing;

namespace Lamina.Core.Tests.Interrupts;

/// <summary>
/// A guest with interrupts enabled on a CPU that delivers virtual interrupts: does to the page of registers what Intel SDM vol. 3, 30.1, 30.2 and 30.4.3
/// say, and exits where they say so, as a backend would hand it on.
/// </summary>
internal sealed unsafe class ApicHardware(VirtualCpu vcpu)
{
    private byte _requesting;
    private byte _serving;

    /// <summary>The vectors that it delivered, in order.</summary>
    public List<byte> Delivered { get; } = [];

    /// <summary>How many exits the guest made.</summary>
    public int Exits { get; private set; }

    private ref VirtualApicPage Page => ref *vcpu.State.VirtualApic;

    /// <summary>VM entry.</summary>
    public void Enter()
    {
        if (vcpu.NeedsAttention) vcpu.DeliverEvents();
        (_requesting, _serving) = ((byte)vcpu.Apic.InterruptStatus, (byte)(vcpu.Apic.InterruptStatus >> 8));
        UpdatePriority();
        Evaluate();
    }

    /// <summary>An exit for a reason of the host's.</summary>
    public void Exit() => vcpu.Apic.InterruptStatus = (ushort)(_serving << 8 | _requesting);

    /// <summary>MOV to CR8, or a write of TPR.</summary>
    public void WriteTaskPriority(byte value)
    {
        Page.TaskPriority = value;
        UpdatePriority();
        Evaluate();
    }

    /// <summary>A write of EOI: EOI virtualization (30.1.4).</summary>
    public void EndInterrupt()
    {
        Page.EndOfInterrupt = 0;
        byte vector = _serving;
        Register(LocalApicRegister.InService, vector) &= ~(1u << vector);
        _serving = Highest(LocalApicRegister.InService);
        UpdatePriority();
        if ((vcpu.Apic.EndOfInterruptExits(vector / 64) >> vector & 1) == 0) Evaluate();
        else Leave(new VmExit { Kind = VmExitKind.EndOfInterrupt, Event = VcpuEvent.Interrupt(vector) });
    }

    /// <summary>A write of ICR that asks for an interrupt of its own: self-IPI virtualization (30.1.5), which an illegal vector is not worth.</summary>
    public void InterruptItself(byte vector)
    {
        uint command = (uint)InterruptShorthand.Self << 18 | vector;
        if (vector < 16)
        {
            Write(LocalApicRegister.InterruptCommand, command);
            return;
        }
        Page.InterruptCommand = command;
        Register(LocalApicRegister.InterruptRequest, vector) |= 1u << vector;
        if (vector > _requesting) _requesting = vector;
        Evaluate();
    }

    /// <summary>A write of another register: an APIC-write exit, when it is in the page.</summary>
    public void Write(LocalApicRegister register, uint value)
    {
        Page[register] = value;
        Leave(new VmExit { Kind = VmExitKind.ApicWrite, ApicOffset = (ushort)((int)register << 4) });
    }

    private void Leave(VmExit exit)
    {
        Exits++;
        Exit();
        ExitDispatcher.Handle(new FakeCpu(), vcpu, ref exit);
        Enter();
    }

    /// <summary>PPR virtualization (30.1.3).</summary>
    private void UpdatePriority() =>
        Page.ProcessorPriority = Page.TaskPriority >> 4 >= _serving >> 4 ? (byte)Page.TaskPriority : _serving & 0xF0u;

    /// <summary>Evaluation of pending virtual interrupts, and delivery (30.2).</summary>
    private void Evaluate()
    {
        if (_requesting >> 4 <= Page.ProcessorPriority >> 4) return;
        byte vector = _requesting;
        Register(LocalApicRegister.InService, vector) |= 1u << vector;
        _serving = vector;
        Page.ProcessorPriority = vector & 0xF0u;
        Register(LocalApicRegister.InterruptRequest, vector) &= ~(1u << vector);
        _requesting = Highest(LocalApicRegister.InterruptRequest);
        Delivered.Add(vector);
    }

    private ref uint Register(LocalApicRegister first, byte vector) => ref Page[(LocalApicRegister)((int)first + vector / 32)];

    private byte Highest(LocalApicRegister first)
    {
        for (int i = 7; i >= 0; i--)
            if (Page[(LocalApicRegister)((int)first + i)] is var vectors and not 0) return (byte)(i * 32 + BitOperations.Log2(vectors));
        return 0;
    }
}
