using System;
using Lamina.Core;

namespace Lamina.Vmx;

/// <summary>The state after RESET, and what always exits.</summary>
internal sealed unsafe partial class VmxVcpuState
{
    /// <summary>
    /// #MC is the host's. #DB and #AC go on to the guest: a guest whose handlers raise them without end would else never leave its CPU.
    /// </summary>
    private const uint InterceptedExceptions =
        1u << (int)ExceptionVector.Debug | 1u << (int)ExceptionVector.AlignmentCheck | 1u << (int)ExceptionVector.MachineCheck;

    /// <summary>A loop of PAUSEs not more than this many cycles apart exits after that many cycles in all.</summary>
    private const uint PauseLoopGap = 128, PauseLoopWindow = 4096;
    private const ulong NoLink = ulong.MaxValue;
    private const ulong PatAfterReset = 0x0007_0406_0007_0406;
    private const ulong ResetVectorBase = 0xFFFF_0000, ResetVector = 0xFFF0;
    private const ulong Dr6AfterReset = 0xFFFF_0FF0, Dr7AfterReset = 0x400;

    private const SegmentAttributes DataAttributes =
        SegmentAttributes.Present | SegmentAttributes.CodeOrData | SegmentAttributes.ReadableOrWritable | SegmentAttributes.Accessed;

    /// <summary>As the contract says; the TSC goes on: its offset is the VM's clock's.</summary>
    public override void Reset()
    {
        // What of the old state is in the CPU is not wanted any more; the first entry loads the new one.
        _cpu.Forget(this);
        InitializeControls();
        InitializeRegisters();
        FlushTranslations();
    }

    private void InitializeControls()
    {
        var vmcs = Vmcs;
        _primaryControls = _features.PrimaryControls;
        vmcs.Write(VmcsField32.PinControls, (uint)_features.PinControls);
        vmcs.Write(VmcsField32.PrimaryControls, (uint)_primaryControls);
        vmcs.Write(VmcsField32.ExitControls, (uint)_features.ExitControls);
        vmcs.Write(VmcsField32.ExceptionBitmap, InterceptedExceptions);
        vmcs.Write(VmcsField32.PageFaultErrorCodeMask, 0);
        vmcs.Write(VmcsField32.PageFaultErrorCodeMatch, 0);
        vmcs.Write(VmcsField32.Cr3TargetCount, 0);
        vmcs.Write(VmcsField32.ExitMsrStoreCount, 0);
        vmcs.Write(VmcsField32.ExitMsrLoadCount, 0);
        vmcs.Write(VmcsField32.EntryMsrLoadCount, 0);
        vmcs.Write(VmcsField32.EntryInterruption, 0);
        vmcs.Write(VmcsField64.VmcsLinkPointer, NoLink);
        vmcs.Write(VmcsField64.IoBitmapA, _maps.Io);
        vmcs.Write(VmcsField64.IoBitmapB, _maps.Io + HostPages.PageSize);
        vmcs.Write(VmcsField64.EptPointer, _eptPointer.Value);
        if (_features.Uses(SecondaryControls.PauseLoopExiting))
        {
            vmcs.Write(VmcsField32.PauseLoopGap, PauseLoopGap);
            vmcs.Write(VmcsField32.PauseLoopWindow, PauseLoopWindow);
        }
        InitializeApicControls();
        vmcs.Write(VmcsFieldNatural.Cr0Mask, (ulong)ControlRegisters.Cr0Mask(_features));
        vmcs.Write(VmcsFieldNatural.Cr4Mask, (ulong)ControlRegisters.Cr4Mask(_features));
    }

    /// <summary>Intel SDM vol. 3, 10.1.1, table 10-1.</summary>
    private void InitializeRegisters()
    {
        var vmcs = Vmcs;
        Registers = default;
        Rip = ResetVector;
        Rflags = Rflags.AlwaysOne;
        InterruptShadow = false;
        Fields.Rip = Rip;
        Fields.Rsp = 0;
        Fields.Rflags = Rflags;
        Fields.Interruptibility = 0;
        vmcs.Write(VmcsFieldNatural.GuestRip, Rip);
        vmcs.Write(VmcsFieldNatural.GuestRsp, 0);
        vmcs.Write(VmcsFieldNatural.GuestRflags, (ulong)Rflags);
        vmcs.Write(VmcsField32.GuestInterruptibility, 0);
        vmcs.Write(VmcsField32.GuestActivity, (uint)ActivityState.Active);
        vmcs.Write(VmcsFieldNatural.GuestPendingDebugExceptions, 0);

        var data = new SegmentRegister(0, DataAttributes, 0xFFFF, 0);
        for (var name = SegmentName.Es; name <= SegmentName.Gs; name++) SetSegment(name, data);
        SetSegment(SegmentName.Cs, new SegmentRegister(0xF000, DataAttributes | SegmentAttributes.Code, 0xFFFF, ResetVectorBase));
        SetSegment(SegmentName.Gdtr, new SegmentRegister(0, SegmentAttributes.None, 0xFFFF, 0));
        SetSegment(SegmentName.Idtr, new SegmentRegister(0, SegmentAttributes.None, 0xFFFF, 0));
        SetSegment(SegmentName.Ldtr, new SegmentRegister(0, SegmentAttributes.Present | SegmentAttributes.TypeLocalDescriptorTable, 0xFFFF, 0));
        SetSegment(SegmentName.Tr, new SegmentRegister(0, SegmentAttributes.Present | SegmentAttributes.TypeTaskState, 0xFFFF, 0));

        Cr0 = Cr0.CacheDisable | Cr0.NotWriteThrough | Cr0.ExtensionType;
        Cr3 = 0;
        Cr4 = 0;
        Efer = 0;
        for (int i = 0; i < PageDirectoryPointers; i++) SetPageDirectoryPointer(i, 0);
        Dr7 = Dr7AfterReset;
        Pat = PatAfterReset;
        vmcs.Write(VmcsField64.GuestDebugControl, 0);
        vmcs.Write(VmcsField32.GuestSysenterCs, 0);
        vmcs.Write(VmcsFieldNatural.GuestSysenterEsp, 0);
        vmcs.Write(VmcsFieldNatural.GuestSysenterEip, 0);
        _lazyMsrs.AsSpan().Clear();
        _switched.Reset();
        _cr2 = 0;
        _dr6 = Dr6AfterReset;
        _injectsNmi = false;
        LastEntry = EntryResult.Exited;
    }

    private const int PageDirectoryPointers = 4;
}
