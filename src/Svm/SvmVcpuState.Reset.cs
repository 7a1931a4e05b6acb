using Lamina.Core;

namespace Lamina.Svm;

/// <summary>The state after RESET, and what is always intercepted.</summary>
internal sealed unsafe partial class SvmVcpuState
{
    private const Intercepts AlwaysIntercepted = Intercepts.Interrupt | Intercepts.NonMaskableInterrupt | Intercepts.Init
        | Intercepts.ReadPerformanceCounter | Intercepts.Cpuid | Intercepts.ResumeFromManagement | Intercepts.InvalidateCaches | Intercepts.Halt
        | Intercepts.InvalidatePageOfAsid | Intercepts.PortIo | Intercepts.Msr | Intercepts.TaskSwitch | Intercepts.FerrFreeze | Intercepts.Shutdown;

    /// <summary>
    /// #MC is the host's. #DB and #AC go on to the guest: a guest whose handlers raise them without end would else never leave its CPU.
    /// </summary>
    private const uint InterceptedExceptions =
        1u << (int)ExceptionVector.Debug | 1u << (int)ExceptionVector.AlignmentCheck | 1u << (int)ExceptionVector.MachineCheck;

    private const ushort TaskPriorityRegister = 1 << 8;
    private const ushort PausesBeforeExit = 3000, PauseLoopCycles = 128;
    private const ulong PatAfterReset = 0x0007_0406_0007_0406;
    private const ulong ResetVectorBase = 0xFFFF_0000, ResetVector = 0xFFF0;
    private const ulong Dr6AfterReset = 0xFFFF_0FF0, Dr7AfterReset = 0x400;

    private const SegmentAttributes DataAttributes =
        SegmentAttributes.Present | SegmentAttributes.CodeOrData | SegmentAttributes.ReadableOrWritable | SegmentAttributes.Accessed;

    /// <summary>As the contract says; the TSC goes on: its offset is the VM's clock's.</summary>
    public override void Reset()
    {
        // What of the old state is in the CPU is not wanted any more; the first entry loads the new one.
        _loadedOn?.Forget(this);
        _loadedOn = null;
        ulong tscOffset = TscOffset;
        *Vmcb = default;
        _switched.Reset();
        _asid = default;
        InitializeControl();
        InitializeRegisters();
        TscOffset = tscOffset;
        NmiBlocked = false;
        _isOffered = false;
        _windowAfterOffer = false;
        _interruptWindow = false;
        _nmiWindow = false;
        _stepping = false;
        Watch();
    }

    private void InitializeControl()
    {
        ref var control = ref Vmcb->Control;
        // CR0, CR3 and CR4 are the guest's own under nested paging: what they may not hold raises #GP by itself.
        control.ControlRegisterReads = TaskPriorityRegister;
        control.ControlRegisterWrites = TaskPriorityRegister;
        control.Exceptions = InterceptedExceptions;
        control.Intercepts = AlwaysIntercepted;
        control.SvmIntercepts = SvmIntercepts.Virtualization | SvmIntercepts.WriteBackCaches | SvmIntercepts.Monitor | SvmIntercepts.Mwait
            | SvmIntercepts.SetXcr | SvmIntercepts.ReadProcessorRegister;
        control.NewerIntercepts = NewerIntercepts.InvalidatePageBroadcast | NewerIntercepts.Mcommit | NewerIntercepts.TlbSync;
        if (_features.Has(SvmFeatureBits.PauseFilter))
        {
            control.Intercepts |= Intercepts.Pause;
            control.PauseFilterCount = PausesBeforeExit;
            if (_features.Has(SvmFeatureBits.PauseFilterThreshold)) control.PauseFilterThreshold = PauseLoopCycles;
        }
        control.IoPermissionMap = _maps.Io;
        control.MsrPermissionMap = _maps.Msr;
        control.VirtualInterrupt = VirtualInterrupt.MaskingIsVirtual | VirtualInterrupt.IgnoreTaskPriority;
        control.NestedPaging = NestedPagingControl.Enable;
        control.NestedCr3 = _nestedRoot;
    }

    /// <summary>AMD APM vol. 2, 14.1.3, table 14-1.</summary>
    private void InitializeRegisters()
    {
        Registers = default;
        Rip = ResetVector;
        Rflags = Rflags.AlwaysOne;
        InterruptShadow = false;
        ref var state = ref Vmcb->State;
        var data = new SegmentRegister(0, DataAttributes, 0xFFFF, 0);
        for (var name = SegmentName.Es; name <= SegmentName.Gs; name++) state[name] = data;
        state.Cs = new SegmentRegister(0xF000, DataAttributes | SegmentAttributes.Code, 0xFFFF, ResetVectorBase);
        state[SegmentName.Gdtr].Limit = 0xFFFF;
        state[SegmentName.Idtr].Limit = 0xFFFF;
        state[SegmentName.Ldtr] = new SegmentRegister(0, SegmentAttributes.Present | SegmentAttributes.TypeLocalDescriptorTable, 0xFFFF, 0);
        state[SegmentName.Tr] = new SegmentRegister(0, SegmentAttributes.Present | SegmentAttributes.TypeTaskState, 0xFFFF, 0);
        state.Cr0 = Cr0.CacheDisable | Cr0.NotWriteThrough | Cr0.ExtensionType;
        state.Efer = Efer.SecureVirtualMachineEnable;
        state.Rflags = Rflags.AlwaysOne;
        state.Dr6 = Dr6AfterReset;
        state.Dr7 = Dr7AfterReset;
        state.Pat = PatAfterReset;
    }
}
