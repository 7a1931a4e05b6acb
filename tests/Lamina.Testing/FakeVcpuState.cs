using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using Lamina.Core;

namespace Lamina.Testing;

/// <summary>A vCPU's state in plain fields; remembers what was injected and asked for.</summary>
public sealed unsafe class FakeVcpuState : VcpuState
{
    private readonly ulong[] _debugAddresses = new ulong[4];
    private readonly Dictionary<SegmentName, SegmentRegister> _segments = [];

    private readonly VirtualApicPage[] _virtualApic = GC.AllocateArray<VirtualApicPage>(1, pinned: true);

    /// <inheritdoc/>
    public override VirtualApicPage* VirtualApic => (VirtualApicPage*)Unsafe.AsPointer(ref _virtualApic[0]);

    /// <summary>Whether "hardware" delivers the local APIC's interrupts, from the next change of its mode on. A test plays the hardware.</summary>
    public bool CanDeliverInterrupts { get; set; }

    /// <summary>How often the vectors that are level-triggered changed.</summary>
    public int TriggerModeChanges { get; private set; }

    /// <inheritdoc/>
    public override void ApicModeChanged(LocalApic apic) => DeliversInterrupts = CanDeliverInterrupts && apic.IsSoftwareEnabled;

    /// <inheritdoc/>
    public override void TriggerModesChanged() => TriggerModeChanges++;

    /// <summary>The MSRs that "hardware" switches; only those in here exist.</summary>
    public Dictionary<uint, ulong> SwitchedMsrs { get; } = [];

    /// <summary>All events injected, in order.</summary>
    public List<VcpuEvent> Injected { get; } = [];

    /// <summary>Whether an interrupt window was asked for; a test clears it.</summary>
    public bool InterruptWindowRequested { get; set; }

    /// <summary>Whether an NMI window was asked for; a test clears it.</summary>
    public bool NmiWindowRequested { get; set; }

    /// <summary>How often translations were flushed.</summary>
    public int Flushes { get; private set; }

    /// <summary>How often it left its CPU.</summary>
    public int Departures { get; private set; }

    /// <inheritdoc/>
    public override void Leave() => Departures++;

    /// <summary>The CPU that adopted it last; null while it is that which made it.</summary>
    public Cpu? Adopter { get; private set; }

    /// <inheritdoc/>
    public override void Adopt(Cpu cpu) => Adopter = cpu;

    /// <inheritdoc/>
    public override Cr0 Cr0 { get; set; }
    /// <inheritdoc/>
    public override ulong Cr2 { get; set; }
    /// <inheritdoc/>
    public override ulong Cr3 { get; set; }
    /// <inheritdoc/>
    public override Cr4 Cr4 { get; set; }
    /// <summary>What <see cref="SettableCr4"/> says.</summary>
    public Cr4 OfferedCr4 { get; set; } = (Cr4)uint.MaxValue;
    /// <inheritdoc/>
    public override Cr4 SettableCr4 => OfferedCr4;
    /// <summary>PAE's four root entries as they were loaded; null until they are.</summary>
    public ulong[]? PageDirectoryPointers { get; private set; }
    /// <inheritdoc/>
    public override void SetPageDirectoryPointer(int number, ulong entry) => (PageDirectoryPointers ??= new ulong[4])[number] = entry;
    /// <inheritdoc/>
    public override Efer Efer { get; set; }
    /// <inheritdoc/>
    public override ulong Xcr0 { get; set; }
    /// <inheritdoc/>
    public override ulong Dr6 { get; set; }
    /// <inheritdoc/>
    public override ulong Dr7 { get; set; }
    /// <inheritdoc/>
    public override ulong Pat { get; set; }
    /// <inheritdoc/>
    public override int PrivilegeLevel { get; set; }
    /// <inheritdoc/>
    public override ulong TscOffset { get; set; }
    /// <inheritdoc/>
    public override bool NmiBlocked { get; set; }

    /// <inheritdoc/>
    public override ulong GetDebugAddress(int number) => _debugAddresses[number & 3];
    /// <inheritdoc/>
    public override void SetDebugAddress(int number, ulong value) => _debugAddresses[number & 3] = value;
    /// <inheritdoc/>
    public override SegmentRegister GetSegment(SegmentName name) => _segments.GetValueOrDefault(name);
    /// <inheritdoc/>
    public override void SetSegment(SegmentName name, in SegmentRegister value) => _segments[name] = value;
    /// <inheritdoc/>
    public override bool TryReadSwitchedMsr(uint msr, out ulong value) => SwitchedMsrs.TryGetValue(msr, out value);

    /// <inheritdoc/>
    public override bool TryWriteSwitchedMsr(uint msr, ulong value)
    {
        if (!SwitchedMsrs.ContainsKey(msr)) return false;
        SwitchedMsrs[msr] = value;
        return true;
    }

    /// <inheritdoc/>
    public override void Inject(in VcpuEvent @event) => Injected.Add(@event);
    /// <inheritdoc/>
    public override void RequestInterruptWindow() => InterruptWindowRequested = true;
    /// <inheritdoc/>
    public override void RequestNmiWindow() => NmiWindowRequested = true;
    /// <inheritdoc/>
    public override void FlushTranslations() => Flushes++;

    /// <inheritdoc/>
    public override void Reset()
    {
        Registers = default;
        Rip = 0xFFF0;
        Rflags = default;
        InterruptShadow = false;
        NmiBlocked = false;
        _segments.Clear();
    }
}
