using System;
using System.Runtime.CompilerServices;
using Lamina.Core;
using Lamina.Core.Tests.Paging;
using Lamina.Testing;

namespace Lamina.Vmx.Tests;

/// <summary>
/// A CPU with VT-x, pages, and a vCPU whose state was never loaded; a test plays the exits. As made, the CPU has what a server of the Haswell kind has, values
/// as such a CPU gives them.
/// </summary>
internal sealed class VmxFixture : IDisposable
{
    internal const uint VmcsRevision = 0x12;
    internal const ulong NestedRoot = 0x7000;

    private readonly TestMachine _machine = new();

    internal VmxFixture() : this(CreateCpu()) { }

    internal VmxFixture(FakeCpu cpu)
    {
        Cpu = cpu;
        Features = VmxFeatures.Read(Cpu)!;
        Maps = PermissionMaps.Create(Pages)!;
        Pages.TryAllocatePages(VmxVcpuState.PageCount, out var pages).Should().BeTrue();
        Backend = new FakeVmxCpu(Cpu, Features, Vmcs);
        Cpus.Add(Cpu, Backend);
        State = new VmxVcpuState(Cpus, Cpu, Pages, pages, Features, Maps, NestedRoot);
        Vcpu = new VirtualCpu(_machine.Machine, 0, State);
    }

    internal NativePages Pages { get; } = new(16);

    internal FakeCpu Cpu { get; }

    internal VmxFeatures Features { get; }

    internal PermissionMaps Maps { get; }

    internal FakeVmcs Vmcs { get; } = new();

    internal PerCpu<VmxCpu> Cpus { get; } = new();

    /// <summary>The CPU as the backend sees it.</summary>
    internal FakeVmxCpu Backend { get; }

    internal VmxVcpuState State { get; }

    internal VirtualCpu Vcpu { get; }

    public void Dispose()
    {
        _machine.Dispose();
        Pages.Dispose();
    }

    /// <summary>Handles an exit as Core's loop does, up to the next entry.</summary>
    internal void Handle(VmExit exit)
    {
        ExitDispatcher.Handle(Cpu, Vcpu, ref exit);
        if (exit.InterruptedEvent.IsValid) Vcpu.Redeliver(exit.InterruptedEvent);
        if (Vcpu.NeedsAttention) Vcpu.DeliverEvents();
    }

    /// <summary>What WorldSwitch.asm reads after an exit, or after an entry that fails.</summary>
    internal static ExitFields Exit(VmxExitReason reason, ulong qualification = 0, ulong length = 0, uint idtVectoring = 0, bool failsEntry = false)
    {
        const int reasonIndex = 4, idtVectoringIndex = 7;
        ExitFields fields = new() { Qualification = qualification, InstructionLength = length };
        ref ulong first = ref Unsafe.As<ExitFields, ulong>(ref fields);
        Unsafe.Add(ref first, reasonIndex) = (uint)reason | (failsEntry ? 1u << 31 : 0);
        Unsafe.Add(ref first, idtVectoringIndex) = idtVectoring;
        return fields;
    }

    /// <summary>Plays an exit, as VmxBackend handles it: the registers are those that are in the VMCS.</summary>
    internal VmExit TakeExit(in ExitFields fields)
    {
        // It has taken the event that was injected out of the VMCS (28.2.4).
        Vmcs.Write(VmcsField32.EntryInterruption, Vmcs.Read(VmcsField32.EntryInterruption) & int.MaxValue);
        State.Fields = fields;
        State.Fields.Rip = Vmcs.Read(VmcsFieldNatural.GuestRip);
        State.Fields.Rsp = Vmcs.Read(VmcsFieldNatural.GuestRsp);
        State.Fields.Rflags = (Rflags)Vmcs.Read(VmcsFieldNatural.GuestRflags);
        State.Fields.Interruptibility = (Interruptibility)Vmcs.Read(VmcsField32.GuestInterruptibility);
        State.AfterExit();
        VmExit exit = default;
        ExitDecoder.Decode(State.Fields, Vmcs, ref exit);
        if (VmxVcpuState.ConcernsEvents(exit.Kind)) State.AfterEventExit(exit);
        return exit;
    }

    /// <summary>The rule that the vCPU's VMCS breaks, its host state filled in as a host would; null when an entry takes it.</summary>
    internal string? FindBrokenRule()
    {
        Vmcs.Write(VmcsFieldNatural.HostCr0, 0x8001_0033);
        Vmcs.Write(VmcsFieldNatural.HostCr3, 0x1000);
        Vmcs.Write(VmcsFieldNatural.HostCr4, 0x2620);
        Vmcs.Write(VmcsField64.HostEfer, 0x500);
        Vmcs.Write(VmcsField64.HostPat, 0x0007_0406_0007_0406);
        Vmcs.Write(VmcsField16.HostEsSelector, 0x10);
        Vmcs.Write(VmcsField16.HostCsSelector, 8);
        Vmcs.Write(VmcsField16.HostSsSelector, 0x10);
        Vmcs.Write(VmcsField16.HostDsSelector, 0x10);
        Vmcs.Write(VmcsField16.HostFsSelector, 0x10);
        Vmcs.Write(VmcsField16.HostGsSelector, 0x10);
        Vmcs.Write(VmcsField16.HostTrSelector, 0x18);
        for (var field = VmcsFieldNatural.HostFsBase; field <= VmcsFieldNatural.HostIdtrBase; field += 2) Vmcs.Write(field, 0);
        Vmcs.Write(VmcsField32.HostSysenterCs, 0);
        Vmcs.Write(VmcsFieldNatural.HostSysenterEsp, 0);
        Vmcs.Write(VmcsFieldNatural.HostSysenterEip, 0);
        Vmcs.Write(VmcsFieldNatural.HostRip, 0xFFFF_8000_0000_1000);
        Vmcs.Write(VmcsField16.Vpid, 1);
        string? rule = VmcsChecker.FindBrokenRule(Vmcs, Features, out string subject);
        return rule is null ? null : subject + rule;
    }

    /// <summary>As <see cref="CreateCpu()"/>, but for some controls.</summary>
    internal static FakeCpu CreateCpu(SecondaryControls missing, PrimaryControls missingPrimary = 0)
    {
        var cpu = CreateCpu();
        Remove(cpu, CapabilityMsr.SecondaryControls, (ulong)missing << 32);
        Remove(cpu, CapabilityMsr.PrimaryControls, (ulong)missingPrimary << 32);
        return cpu;
    }

    internal static FakeCpu CreateCpu(int index = 0)
    {
        var cpu = new FakeCpu(index);
        cpu.Cpuid[1] = new CpuidResult(0, 0, 1 << 5 | 1 << 26, 0);
        cpu.Cpuid[0x8000_0000] = new CpuidResult(0x8000_0008, 0, 0, 0);
        cpu.Cpuid[0x8000_0008] = new CpuidResult(0x3027, 0, 0, 0);
        cpu.Msrs[CapabilityMsr.Basic] = 0x00DA_0400_0000_0000 | VmcsRevision;
        cpu.Msrs[CapabilityMsr.PinControls] = 0x0000_00FF_0000_0016;
        cpu.Msrs[CapabilityMsr.PrimaryControls] = 0xFFF9_FFFE_0401_E172;
        cpu.Msrs[CapabilityMsr.ExitControls] = 0x007F_FFFF_0003_6DFF;
        cpu.Msrs[CapabilityMsr.EntryControls] = 0x0000_FFFF_0000_11FF;
        cpu.Msrs[CapabilityMsr.PinControls + CapabilityMsr.TrueOffset] = 0x0000_00FF_0000_0016;
        cpu.Msrs[CapabilityMsr.PrimaryControls + CapabilityMsr.TrueOffset] = 0xFFF9_FFFE_0400_6172;
        cpu.Msrs[CapabilityMsr.ExitControls + CapabilityMsr.TrueOffset] = 0x007F_FFFF_0003_6DFB;
        cpu.Msrs[CapabilityMsr.EntryControls + CapabilityMsr.TrueOffset] = 0x0000_FFFF_0000_11FB;
        cpu.Msrs[CapabilityMsr.Miscellaneous] = 0x3004_81E5;
        cpu.Msrs[CapabilityMsr.Cr0Required] = 0x8000_0021;
        cpu.Msrs[CapabilityMsr.Cr0Allowed] = 0xFFFF_FFFF;
        cpu.Msrs[CapabilityMsr.Cr4Required] = 0x2000;
        cpu.Msrs[CapabilityMsr.Cr4Allowed] = 0x0017_27FF;
        cpu.Msrs[CapabilityMsr.SecondaryControls] = 0x0000_7FFF_0000_0000;
        cpu.Msrs[CapabilityMsr.EptVpid] = 0x0000_0F01_0633_4141;
        return cpu;
    }

    /// <summary>Takes bits from a capability MSR, and from the true one where there is one: of a control, 32 more than its own number.</summary>
    internal static void Remove(FakeCpu cpu, uint msr, ulong bits)
    {
        cpu.Msrs[msr] &= ~bits;
        if (cpu.Msrs.ContainsKey(msr + CapabilityMsr.TrueOffset) && msr <= CapabilityMsr.EntryControls) cpu.Msrs[msr + CapabilityMsr.TrueOffset] &= ~bits;
    }

    internal static VmxFeatures ReadFeatures() => VmxFeatures.Read(CreateCpu())!;
}
