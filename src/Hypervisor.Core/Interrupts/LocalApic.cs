using System.Runtime.CompilerServices;

namespace Lamina.Core;

/// <summary>
/// A vCPU's local APIC (AMD APM vol. 2, chapter 16; Intel SDM vol. 3, chapter 11), xAPIC and x2APIC: this part takes interrupts, orders them and hands
/// them to the vCPU; the second is its registers, and the third what hardware does for it, where it can.
/// <para>
/// The registers are in the vCPU's <see cref="VirtualApicPage"/>. The highest request and the highest in service are kept at hand besides, so that whether
/// something is to be delivered costs a few instructions. Whatever may make an interrupt deliverable kicks the vCPU, and nothing else does.
/// </para>
/// </summary>
public sealed unsafe partial class LocalApic : Device
{
    private const int LeastVector = 16;
    private const byte PriorityClassMask = 0xF0;

    private readonly VirtualCpu _vcpu;
    private readonly VirtualApicPage* _registers;
    private int _highestRequest = InterruptBitmap.None;
    private int _highestInService = InterruptBitmap.None;

    /// <summary>The APIC of a vCPU: its ID is the vCPU's number.</summary>
    public LocalApic(VirtualCpu vcpu)
    {
        _vcpu = vcpu;
        _registers = vcpu.State.VirtualApic;
        Timer = new LocalApicTimer(this, vcpu);
        Reset();
    }

    /// <summary>Its registers: the pointer is good as long as the vCPU is.</summary>
    internal ref VirtualApicPage Registers => ref *_registers;

    /// <inheritdoc/>
    public override string Name => "local APIC";

    /// <summary>Its timer.</summary>
    public LocalApicTimer Timer { get; }

    /// <summary>
    /// RESET: enabled in xAPIC mode at 0xFEE0_0000, software-disabled. On the boot processor LINT0 passes the 8259 pair's interrupts and LINT1 NMIs, which is
    /// how a PC's firmware hands it over ("virtual wire mode"; Intel MultiProcessor Specification 1.4, 3.6.2.2).
    /// </summary>
    public override void Reset()
    {
        _base = ApicBase.Enabled | (ApicBase)DefaultAddress;
        if (_vcpu.Index == 0) _base |= ApicBase.BootProcessor;
        Initialize();
        if (_vcpu.Index != 0) return;
        Registers.Lint0Vector = (LocalVector)((uint)DeliveryMode.External << ModeShift);
        Registers.Lint1Vector = (LocalVector)((uint)DeliveryMode.Nmi << ModeShift);
    }

    /// <summary>INIT: as <see cref="Reset"/>, but mode and base stay as they are and every local vector is masked.</summary>
    public void Initialize()
    {
        _highestRequest = InterruptBitmap.None;
        _highestInService = InterruptBitmap.None;
        ResetRegisters();
        Timer.Reset();
        _vcpu.State.TriggerModesChanged();
        _vcpu.State.ApicModeChanged(this);
    }

    /// <summary>The priority that an interrupt's class must exceed: TPR or that of the highest in service, whichever is of the higher class.</summary>
    public byte ProcessorPriority
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            byte taskPriority = (byte)Registers.TaskPriority;
            int serving = _highestInService & PriorityClassMask;
            if (_highestInService < 0 || (taskPriority & PriorityClassMask) >= serving) return taskPriority;
            return (byte)serving;
        }
    }

    /// <summary>The vector that would be taken now if interrupts were enabled, or -1.</summary>
    public int PendingVector =>
        _highestRequest >= 0 && (_highestRequest & PriorityClassMask) > (ProcessorPriority & PriorityClassMask) && IsSoftwareEnabled
            ? _highestRequest
            : InterruptBitmap.None;

    /// <summary>Takes <see cref="PendingVector"/>, which must not be -1, into service.</summary>
    public void Acknowledge()
    {
        byte vector = (byte)_highestRequest;
        ref var registers = ref Registers;
        registers.InterruptRequest[vector] = false;
        _highestRequest = registers.InterruptRequest.Highest;
        registers.InService[vector] = true;
        _highestInService = vector;
    }

    /// <summary>
    /// A vector was acknowledged, but its delivery failed for another fault: it waits again. Nothing happens when it is not the one in service.
    /// </summary>
    public void Retract(byte vector)
    {
        if (_highestInService != vector) return;
        Registers.InService[vector] = false;
        _highestInService = Registers.InService.Highest;
        Request(vector);
    }

    /// <summary>Ends the interrupt of the highest priority in service.</summary>
    public void EndOfInterrupt()
    {
        if (_highestInService < 0) return;
        byte vector = (byte)_highestInService;
        ref var registers = ref Registers;
        registers.InService[vector] = false;
        _highestInService = registers.InService.Highest;
        KickIfPending();
        if (registers.TriggerMode[vector]) BroadcastEnd(vector);
    }

    private void BroadcastEnd(byte vector)
    {
        if (_vcpu.IsAway) _vcpu.Requests.PostEndOfInterrupt(vector);
        else _vcpu.Machine.Interrupts.EndOfInterruptListener?.EndOfInterrupt(vector);
    }

    /// <summary>The highest value of CR8.</summary>
    public const byte MostTaskPriorityClass = 15;

    /// <summary>The task priority's upper four bits: CR8, 0 to 15.</summary>
    public byte TaskPriorityClass
    {
        get => (byte)(Registers.TaskPriority >> 4);
        set => SetTaskPriority((byte)(value << 4));
    }

    /// <summary>Whether LINT0 lets the 8259 pair's interrupts through (ExtINT, not masked), or the APIC is disabled.</summary>
    public bool AcceptsExternalInterrupts => !IsEnabled
        || (Registers.Lint0Vector & (LocalVector.Masked | LocalVector.ModeMask)) == (LocalVector)((uint)DeliveryMode.External << ModeShift);

    /// <summary>An edge at LINT1, the NMI pin: an NMI where the vector table says so, or where the APIC is disabled.</summary>
    public void SignalNmiPin()
    {
        if (IsEnabled) DeliverLocal(Registers.Lint1Vector);
        else _vcpu.RaiseNmi();
    }

    /// <summary>Whether a message is for this APIC.</summary>
    public bool IsAddressedBy(in InterruptMessage message)
    {
        const uint broadcast8 = 0xFF;
        if (!IsEnabled) return false;
        uint destination = message.Destination;
        if (destination == uint.MaxValue) return true;
        if (!message.Logical) return destination == (uint)_vcpu.Index || destination == broadcast8;
        uint own = Registers.LogicalDestination;
        if (IsX2Apic) return own >> 16 == destination >> 16 && (ushort)(own & destination) != 0;
        own >>= 24;
        if (IsFlatModel) return (own & destination) != 0;
        const uint allClusters = 0xF;
        uint cluster = destination >> 4 & 0xF;
        return (cluster == own >> 4 || cluster == allClusters) && (own & destination & 0xF) != 0;
    }

    /// <summary>
    /// Takes a message that was found to be for this APIC. A fixed one is dropped while the APIC is disabled by software, as hardware does.
    /// SMI and ExtINT messages are not modelled and dropped; the 8259 pair comes by LINT0.
    /// </summary>
    /// <returns>False when it was dropped: whoever waits for the end of a level-triggered one must know.</returns>
    public bool Accept(in InterruptMessage message)
    {
        if (!IsEnabled) return false;
        switch (message.Mode)
        {
            case DeliveryMode.Fixed:
            case DeliveryMode.LowestPriority:
                return Accept(message.Vector, message.LevelTriggered);
            case DeliveryMode.Nmi:
                _vcpu.RaiseNmi();
                return true;
            case DeliveryMode.Init:
                _vcpu.Initialize();
                return true;
            case DeliveryMode.Startup:
                _vcpu.Startup(message.Vector);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Whether a message would be taken as things are: asked by another CPU, which is told nothing more of it.</summary>
    internal bool WouldAccept(in InterruptMessage message) => IsEnabled && message.Mode switch
    {
        DeliveryMode.Fixed or DeliveryMode.LowestPriority => IsSoftwareEnabled && message.Vector >= LeastVector,
        DeliveryMode.Nmi or DeliveryMode.Init or DeliveryMode.Startup => true,
        _ => false,
    };

    /// <summary>A fixed interrupt from another CPU. Should it not be taken any more, whoever waits for its end hears of that.</summary>
    internal void AcceptPosted(byte vector, bool levelTriggered)
    {
        if (!(IsEnabled && Accept(vector, levelTriggered)) && levelTriggered) BroadcastEnd(vector);
    }

    /// <summary>The timer's count has ended.</summary>
    internal void TimerExpired() => DeliverLocal(Registers.TimerVector & ~LocalVector.ModeMask);

    private bool Accept(byte vector, bool levelTriggered)
    {
        if (!IsSoftwareEnabled) return false;
        if (vector < LeastVector)
        {
            Report(ApicErrors.ReceiveIllegalVector);
            return false;
        }
        if (Registers.TriggerMode.Change(vector, levelTriggered)) _vcpu.State.TriggerModesChanged();
        Request(vector);
        return true;
    }

    private void Request(byte vector)
    {
        Registers.InterruptRequest[vector] = true;
        if (vector <= _highestRequest) return;
        _highestRequest = vector;
        KickIfPending();
    }

    private void KickIfPending()
    {
        if (PendingVector >= 0) _vcpu.Kick();
    }

    private void DeliverLocal(LocalVector entry)
    {
        if ((entry & LocalVector.Masked) != 0) return;
        switch ((DeliveryMode)((uint)(entry & LocalVector.ModeMask) >> ModeShift))
        {
            case DeliveryMode.Fixed:
                Accept((byte)(entry & LocalVector.VectorMask), levelTriggered: false);
                break;
            case DeliveryMode.Nmi:
                _vcpu.RaiseNmi();
                break;
        }
    }

    /// <summary>Notes an error. Its interrupt, if it is itself of an illegal vector, makes no further one.</summary>
    private void Report(ApicErrors error)
    {
        bool isNew = (_errors & error) == 0;
        _errors |= error;
        if (isNew) DeliverLocal(Registers.ErrorVector);
    }

    private void Send(ulong command)
    {
        const ulong level = 1 << 14, logical = 1 << 11, triggerLevel = 1 << 15;
        byte vector = (byte)command;
        var mode = (DeliveryMode)(command >> ModeShift & 7);
        // INIT level de-assert only ever meant something to APICs on a bus of their own.
        if (mode == DeliveryMode.Init && (command & (level | triggerLevel)) == triggerLevel) return;
        if (mode is DeliveryMode.Fixed or DeliveryMode.LowestPriority && vector < LeastVector)
        {
            Report(ApicErrors.SendIllegalVector);
            return;
        }
        var message = new InterruptMessage(vector, mode, (uint)(command >> 32), (command & logical) != 0, levelTriggered: false);
        var bus = _vcpu.Machine.Interrupts;
        switch ((InterruptShorthand)(command >> 18 & 3))
        {
            case InterruptShorthand.None: bus.Send(message, _vcpu.Cpu); break;
            case InterruptShorthand.Self: Accept(message); break;
            case InterruptShorthand.All: bus.Broadcast(message, except: null, _vcpu.Cpu); break;
            case InterruptShorthand.Others: bus.Broadcast(message, except: _vcpu, _vcpu.Cpu); break;
        }
    }
}
