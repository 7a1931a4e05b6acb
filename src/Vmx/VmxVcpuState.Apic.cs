using System.Runtime.CompilerServices;
using Lamina.Core;

namespace Lamina.Vmx;

/// <summary>
/// APIC virtualization, as far as the CPU has it (Intel SDM vol. 3, chapter 30): a TPR shadow, so that CR8 costs no exit; delivery of the local APIC's
/// interrupts, so that they and their ends cost none; and in x2APIC mode its registers as well. In xAPIC mode registers are reached through the emulator.
/// </summary>
internal sealed unsafe partial class VmxVcpuState
{
    private const SecondaryControls Delivery = SecondaryControls.VirtualInterruptDelivery;
    private const SecondaryControls X2ApicRegisters = SecondaryControls.VirtualizeX2Apic | SecondaryControls.ApicRegisterVirtualization;
    private const int EndOfInterruptBitmaps = 4;

    private LocalApic? _apic;
    private SecondaryControls _secondaryControls;
    private ushort _interruptStatus;
    private uint _taskPriorityThreshold;
    private bool _triggerModesChanged;

    /// <inheritdoc/>
    public override VirtualApicPage* VirtualApic { get; }

    /// <inheritdoc/>
    public override void ApicModeChanged(LocalApic apic)
    {
        _apic = apic;
        DeliversInterrupts = _features.DeliversInterrupts && apic.IsEnabled && apic.IsSoftwareEnabled;
        var controls = _features.SecondaryControls;
        if (DeliversInterrupts) controls |= Delivery;
        if (DeliversInterrupts && apic.IsX2Apic && _features.Allows(X2ApicRegisters)) controls |= X2ApicRegisters;
        SetApicControls(controls);
        _triggerModesChanged = true;
    }

    /// <inheritdoc/>
    public override void TriggerModesChanged() => _triggerModesChanged = true;

    /// <summary>The MSR bitmap that lets x2APIC registers through is in force only together with their virtualization: else they would be the host's own.</summary>
    private void SetApicControls(SecondaryControls controls)
    {
        if (controls == _secondaryControls) return;
        _secondaryControls = controls;
        Vmcs.Write(VmcsField32.SecondaryControls, (uint)controls);
        Vmcs.Write(VmcsField64.MsrBitmap, (controls & X2ApicRegisters) == X2ApicRegisters ? _maps.X2ApicMsr : _maps.Msr);
    }

    private void InitializeApicControls()
    {
        DeliversInterrupts = false;
        // What hardware compares them with may be anything: they are written in any case.
        _secondaryControls = ~_features.SecondaryControls;
        SetApicControls(_features.SecondaryControls);
        _interruptStatus = 0;
        _taskPriorityThreshold = 0;
        if (!_features.Uses(PrimaryControls.UseTprShadow)) return;
        Vmcs.Write(VmcsField64.VirtualApicAddress, VmcsPhysical + 2 * HostPages.PageSize);
        Vmcs.Write(VmcsField32.TprThreshold, 0);
        if (_features.DeliversInterrupts) Vmcs.Write(VmcsField16.GuestInterruptStatus, 0);
    }

    /// <summary>Before an entry: what waits at the APIC, for hardware to deliver or to watch the task priority for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void BeforeApicEntry(Vmcs vmcs)
    {
        if (!DeliversInterrupts)
        {
            uint threshold = _apic!.TaskPriorityThreshold;
            if (threshold == _taskPriorityThreshold) return;
            _taskPriorityThreshold = threshold;
            vmcs.Write(VmcsField32.TprThreshold, threshold);
            return;
        }
        ushort status = _apic!.InterruptStatus;
        if (status != _interruptStatus) vmcs.Write(VmcsField16.GuestInterruptStatus, status);
        if (_triggerModesChanged) WriteEndOfInterruptExits(vmcs);
    }

    /// <summary>After an exit: what hardware took into service, or was told the end of.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AfterApicExit(Vmcs vmcs)
    {
        if (!DeliversInterrupts) return;
        _interruptStatus = vmcs.Read(VmcsField16.GuestInterruptStatus);
        _apic!.InterruptStatus = _interruptStatus;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteEndOfInterruptExits(Vmcs vmcs)
    {
        _triggerModesChanged = false;
        for (int i = 0; i < EndOfInterruptBitmaps; i++)
            vmcs.Write(VmcsField64.EoiExitBitmap0 + NextField * (uint)i, _apic!.EndOfInterruptExits(i));
    }
}
