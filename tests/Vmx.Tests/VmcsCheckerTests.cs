using System;
using Lamina.Core;

namespace Lamina.Vmx.Tests;

/// <summary>Each rule is broken alone, from a VMCS that an entry takes, and is then named.</summary>
public class VmcsCheckerTests
{
    private const ulong NotCanonical = 1UL << 47, BeyondPhysical = 1UL << 39, High = 1UL << 32;
    private const uint Unusable = 1 << 16;

    private static readonly VmxFeatures s_features = VmxFixture.ReadFeatures();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AValidVmcsBreaksNone(bool longMode) => BrokenRule(Valid(longMode), s_features).Should().BeNull();

    public static TheoryData<int, string> LongModeRules => Rows(s_inLongMode);

    public static TheoryData<int, string> RealModeRules => Rows(s_inRealMode);

    [Theory, MemberData(nameof(LongModeRules))]
    public void EachBrokenRuleIsNamedInLongMode(int number, string words) => Check(Valid(longMode: true), s_inLongMode[number].Break, words);

    [Theory, MemberData(nameof(RealModeRules))]
    public void EachBrokenRuleIsNamedInRealMode(int number, string words) => Check(Valid(longMode: false), s_inRealMode[number].Break, words);

    [Fact]
    public void TheCheckWritesNothing()
    {
        var vmcs = Valid(longMode: true);
        int written = vmcs.Written.Count;
        BrokenRule(vmcs, s_features);
        vmcs.Written.Should().HaveCount(written);
    }

    [Fact]
    public void WithoutSecondaryControlsTheirFieldDoesNotCount()
    {
        var cpu = VmxFixture.CreateCpu();
        VmxFixture.Remove(cpu, CapabilityMsr.PrimaryControls, 1UL << 63);
        var vmcs = Valid(longMode: true);
        Clear(vmcs, PrimaryControls.ActivateSecondaryControls);
        BrokenRule(vmcs, VmxFeatures.Read(cpu)!).Should().BeNull();
    }

    [Fact]
    public void AMonitorTrapIsInjectedWhereThereIsOne()
    {
        var vmcs = Valid(longMode: true);
        vmcs.Write(VmcsField32.EntryInterruption, 0x8000_0700);
        BrokenRule(vmcs, s_features).Should().BeNull();
        var cpu = VmxFixture.CreateCpu();
        VmxFixture.Remove(cpu, CapabilityMsr.PrimaryControls, (ulong)PrimaryControls.MonitorTrapFlag << 32);
        BrokenRule(vmcs, VmxFeatures.Read(cpu)!).Should().Contain("reserved type");
    }

    /// <summary>What a rule asks of a CPU follows that CPU's features.</summary>
    [Fact]
    public void AddressesAreAsNarrowAsTheCpus()
    {
        var vmcs = Valid(longMode: true);
        var cpu = VmxFixture.CreateCpu();
        cpu.Msrs[CapabilityMsr.Basic] |= 1UL << 48;
        vmcs.Write(VmcsField64.MsrBitmap, High);
        BrokenRule(vmcs, s_features).Should().BeNull();
        BrokenRule(vmcs, VmxFeatures.Read(cpu)!).Should().Contain("MSR bitmap");
        vmcs.Write(VmcsField64.MsrBitmap, 0x3000);
        cpu.Msrs[CapabilityMsr.EptVpid] &= ~(ulong)EptVpidCapabilities.AccessedAndDirty;
        BrokenRule(vmcs, VmxFeatures.Read(cpu)!).Should().Contain("accessed and dirty bits");
    }

    /// <summary>Virtual-8086 mode has rules of its own.</summary>
    [Theory]
    [InlineData(0x1234, 0x1_2340, 0xFFFF, 0xF3, null)]
    [InlineData(0x1234, 0x1_2341, 0xFFFF, 0xF3, "base other than 16 times")]
    [InlineData(0x1234, 0x1_2340, 0xFFFFF, 0xF3, "limit other than FFFFh")]
    [InlineData(0x1234, 0x1_2340, 0xFFFF, 0x93, "access rights other than F3h")]
    public void Virtual8086SegmentsAreThoseOfTheMode(ushort selector, ulong @base, uint limit, uint rights, string? words)
    {
        var vmcs = Valid(longMode: false);
        vmcs.Write(VmcsFieldNatural.GuestCr0, (ulong)(s_features.Cr0Required | Cr0.ProtectionEnable));
        vmcs.Write(VmcsFieldNatural.GuestRflags, (ulong)(Rflags.AlwaysOne | Rflags.Virtual8086));
        for (var number = SegmentNumber.Es; number <= SegmentNumber.Gs; number++) SetSegment(vmcs, number, selector, @base, limit, rights);
        string? rule = BrokenRule(vmcs, s_features);
        if (words is null) rule.Should().BeNull();
        else rule.Should().Contain(words);
    }

    [Theory]
    [InlineData(ActivityState.Halted, 0x8000_0030, null)]
    [InlineData(ActivityState.Halted, 0x8000_0202, null)]
    [InlineData(ActivityState.Halted, 0x8000_0301, null)]
    [InlineData(ActivityState.Halted, 0x8000_0306, "activity state does not take")]
    [InlineData(ActivityState.Shutdown, 0x8000_0202, null)]
    [InlineData(ActivityState.Shutdown, 0x8000_0312, null)]
    [InlineData(ActivityState.Shutdown, 0x8000_0030, "activity state does not take")]
    [InlineData(ActivityState.WaitForStartup, 0, null)]
    [InlineData(ActivityState.WaitForStartup, 0x8000_0202, "activity state does not take")]
    public void AStateTakesWhatEndsIt(ActivityState state, uint injected, string? words)
    {
        var vmcs = Valid(longMode: true);
        vmcs.Write(VmcsField32.GuestActivity, (uint)state);
        vmcs.Write(VmcsField32.EntryInterruption, injected);
        string? rule = BrokenRule(vmcs, s_features);
        if (words is null) rule.Should().BeNull();
        else rule.Should().Contain(words);
    }

    private static void Check(FakeVmcs vmcs, Action<FakeVmcs> breakRule, string words)
    {
        breakRule(vmcs);
        BrokenRule(vmcs, s_features).Should().Contain(words);
    }

    private static TheoryData<int, string> Rows((string Words, Action<FakeVmcs> Break)[] rules)
    {
        var rows = new TheoryData<int, string>();
        for (int number = 0; number < rules.Length; number++) rows.Add(number, rules[number].Words);
        return rows;
    }

    private static readonly (string Words, Action<FakeVmcs> Break)[] s_inLongMode =
    [
        // 27.2.1.1: execution controls.
        ("pin-based controls have", v => v.Write(VmcsField32.PinControls, 0)),
        ("pin-based controls have", v => v.Write(VmcsField32.PinControls, (uint)s_features.PinControls | 1 << 8)),
        ("primary processor-based controls have", v => Set(v, PrimaryControls.MonitorTrapFlag | (PrimaryControls)1)),
        ("secondary processor-based controls have", v => Set(v, SecondaryControls.UseTscScaling)),
        ("CR3-target count", v => v.Write(VmcsField32.Cr3TargetCount, 5)),
        ("I/O bitmap", v => v.Write(VmcsField64.IoBitmapA, 0x800)),
        ("I/O bitmap", v => v.Write(VmcsField64.IoBitmapB, BeyondPhysical)),
        ("MSR bitmap", v => v.Write(VmcsField64.MsrBitmap, 1)),
        ("without a TPR shadow", v => { Clear(v, PrimaryControls.UseTprShadow); Set(v, SecondaryControls.ApicRegisterVirtualization); }),
        ("virtual-APIC page", v => { Set(v, PrimaryControls.UseTprShadow); v.Write(VmcsField64.VirtualApicAddress, 0x10); }),
        ("TPR threshold", v => { Set(v, PrimaryControls.UseTprShadow); v.Write(VmcsField32.TprThreshold, 16); }),
        ("virtual NMIs are on", v => Clear(v, PinControls.NmiExiting)),
        ("NMI-window exiting", v => { Clear(v, PinControls.VirtualNmis); Set(v, PrimaryControls.NmiWindowExiting); }),
        ("virtual interrupts are delivered", v =>
        {
            Set(v, PrimaryControls.UseTprShadow);
            Set(v, SecondaryControls.VirtualInterruptDelivery);
            Clear(v, PinControls.ExternalInterruptExiting);
        }),
        ("processed without virtual-interrupt delivery", v => Set(v, PinControls.ProcessPostedInterrupts)),
        ("without acknowledging", Post),
        ("posted-interrupt vector", v => { Post(v); Acknowledge(v); v.Write(VmcsField16.PostedInterruptVector, 256); }),
        ("posted-interrupt descriptor", v => { Post(v); Acknowledge(v); v.Write(VmcsField64.PostedInterruptDescriptorAddress, 32); }),
        ("both xAPIC accesses and x2APIC", v =>
        {
            Set(v, PrimaryControls.UseTprShadow);
            Set(v, SecondaryControls.VirtualizeApicAccesses | SecondaryControls.VirtualizeX2Apic);
        }),
        ("APIC-access page", v => { Set(v, SecondaryControls.VirtualizeApicAccesses); v.Write(VmcsField64.ApicAccessAddress, 1); }),
        ("VPID is 0", v => v.Write(VmcsField16.Vpid, 0)),
        ("needs EPT", v => Clear(v, SecondaryControls.EnableEpt)),
        ("four levels", v => v.Write(VmcsField64.EptPointer, 0x5000)),
        ("four levels", v => v.Write(VmcsField64.EptPointer, 0x589E)),
        ("EPT pointer lies beyond", v => v.Write(VmcsField64.EptPointer, new EptPointer(BeyondPhysical, false).Value)),
        ("VMREAD or VMWRITE bitmap", v => { Set(v, SecondaryControls.VmcsShadowing); v.Write(VmcsField64.VmwriteBitmap, 1); }),

        // 27.2.1.2 and 27.2.1.3: exit and entry controls.
        ("VM-exit controls have", v => v.Write(VmcsField32.ExitControls, (uint)s_features.ExitControls | 1u << 31)),
        ("VM-entry controls have", v => v.Write(VmcsField32.EntryControls, 0)),
        ("preemption timer is saved", v =>
        {
            Clear(v, PinControls.ActivatePreemptionTimer);
            v.Write(VmcsField32.ExitControls, (uint)(s_features.ExitControls | ExitControls.SavePreemptionTimer));
        }),
        ("an exit stores", v => { v.Write(VmcsField32.ExitMsrStoreCount, 1); v.Write(VmcsField64.ExitMsrStoreAddress, 8); }),
        ("an exit loads", v => { v.Write(VmcsField32.ExitMsrLoadCount, 2); v.Write(VmcsField64.ExitMsrLoadAddress, BeyondPhysical - 16); }),
        ("an entry loads", v => { v.Write(VmcsField32.EntryMsrLoadCount, 1); v.Write(VmcsField64.EntryMsrLoadAddress, BeyondPhysical); }),
        ("entry to SMM", v => v.Write(VmcsField32.EntryControls, v.Read(VmcsField32.EntryControls) | (uint)EntryControls.EntryToSmm)),
        ("reserved type", v => v.Write(VmcsField32.EntryInterruption, 0x8000_0100)),
        ("vector that its type", v => v.Write(VmcsField32.EntryInterruption, 0x8000_0701)),
        ("vector that its type", v => v.Write(VmcsField32.EntryInterruption, 0x8000_0203)),
        ("vector that its type", v => v.Write(VmcsField32.EntryInterruption, 0x8000_0320)),
        ("injected event has a reserved bit", v => v.Write(VmcsField32.EntryInterruption, 0x8000_1030)),
        ("it is no exception", v => v.Write(VmcsField32.EntryInterruption, 0x8000_0830)),
        ("its vector none", v => v.Write(VmcsField32.EntryInterruption, 0x8000_030D)),
        ("its vector none", v => v.Write(VmcsField32.EntryInterruption, 0x8000_0B06)),
        ("error code has one of bits 16", v =>
        {
            v.Write(VmcsField32.EntryInterruption, 0x8000_0B0E);
            v.Write(VmcsField32.EntryExceptionErrorCode, 0x1_0000);
        }),
        ("instruction length", v => v.Write(VmcsField32.EntryInterruption, 0x8000_0480)),
        ("instruction length", v => { v.Write(VmcsField32.EntryInterruption, 0x8000_0603); v.Write(VmcsField32.EntryInstructionLength, 16); }),

        // 27.2.2 to 27.2.4: the host.
        ("address-space size", v => v.Write(VmcsField32.ExitControls, (uint)(s_features.ExitControls & ~ExitControls.HostAddressSpaceSize))),
        ("host's CR0", v => v.Write(VmcsFieldNatural.HostCr0, (ulong)(s_features.Cr0Required & ~Cr0.NumericError))),
        ("host's CR0", v => v.Write(VmcsFieldNatural.HostCr0, (ulong)s_features.Cr0Required | High)),
        ("host's CR4 has", v => v.Write(VmcsFieldNatural.HostCr4, (ulong)Cr4.PhysicalAddressExtension)),
        ("host's CR4 has", v => v.Write(VmcsFieldNatural.HostCr4, (ulong)(Cr4.PhysicalAddressExtension | Cr4.VmxEnable | Cr4.ProtectionKeyEnable))),
        ("host's CR4.PAE", v => v.Write(VmcsFieldNatural.HostCr4, (ulong)Cr4.VmxEnable)),
        ("host's CR3", v => v.Write(VmcsFieldNatural.HostCr3, BeyondPhysical)),
        ("host's SYSENTER", v => v.Write(VmcsFieldNatural.HostSysenterEsp, NotCanonical)),
        ("host's SYSENTER", v => v.Write(VmcsFieldNatural.HostSysenterEip, NotCanonical)),
        ("host's PAT", v => v.Write(VmcsField64.HostPat, 0x0200)),
        ("host's EFER has", v => v.Write(VmcsField64.HostEfer, (ulong)(LongEfer | Efer.SecureVirtualMachineEnable))),
        ("host's EFER.LMA", v => v.Write(VmcsField64.HostEfer, (ulong)Efer.LongModeEnable)),
        ("selector of the host", v => v.Write(VmcsField16.HostGsSelector, 0x2B)),
        ("selector of the host", v => v.Write(VmcsField16.HostEsSelector, 0x0C)),
        ("host's CS is null", v => v.Write(VmcsField16.HostCsSelector, 0)),
        ("host's TR is null", v => v.Write(VmcsField16.HostTrSelector, 0)),
        ("base of the host", v => v.Write(VmcsFieldNatural.HostFsBase, NotCanonical)),
        ("base of the host", v => v.Write(VmcsFieldNatural.HostIdtrBase, NotCanonical)),
        ("host's RIP", v => v.Write(VmcsFieldNatural.HostRip, NotCanonical)),

        // 27.3.1.1: the guest's registers.
        ("guest's CR0 has", v => v.Write(VmcsFieldNatural.GuestCr0, (ulong)(LongCr0 & ~Cr0.NumericError))),
        ("CR0.PG is set without CR0.PE", v => v.Write(VmcsFieldNatural.GuestCr0, (ulong)(LongCr0 & ~Cr0.ProtectionEnable))),
        ("guest's CR4 has", v => v.Write(VmcsFieldNatural.GuestCr4, (ulong)Cr4.PhysicalAddressExtension)),
        ("long mode without CR0.PG", v => v.Write(VmcsFieldNatural.GuestCr0, (ulong)(LongCr0 & ~Cr0.Paging))),
        ("long mode without CR4.PAE", v => v.Write(VmcsFieldNatural.GuestCr4, (ulong)Cr4.VmxEnable)),
        ("guest's CR3", v => v.Write(VmcsFieldNatural.GuestCr3, BeyondPhysical)),
        ("guest's DEBUGCTL", v => v.Write(VmcsField64.GuestDebugControl, 8)),
        ("guest's DR7", v => v.Write(VmcsFieldNatural.GuestDr7, High)),
        ("guest's SYSENTER", v => v.Write(VmcsFieldNatural.GuestSysenterEsp, NotCanonical)),
        ("guest's SYSENTER", v => v.Write(VmcsFieldNatural.GuestSysenterEip, NotCanonical)),
        ("guest's PAT", v => v.Write(VmcsField64.GuestPat, 0x08)),
        ("guest's EFER has", v => v.Write(VmcsField64.GuestEfer, (ulong)(LongEfer | Efer.FastFxsaveRestore))),
        ("guest's EFER.LMA is not", v => v.Write(VmcsField64.GuestEfer, (ulong)Efer.LongModeEnable)),
        ("guest's EFER.LMA and LME", v => v.Write(VmcsField64.GuestEfer, (ulong)Efer.LongModeActive)),

        // 27.3.1.2 and 27.3.1.3: segments and tables.
        ("guest's CS has a base above", v => v.Write(VmcsFieldNatural.GuestCsBase, High)),
        ("guest's DS has a base above", v => v.Write(VmcsFieldNatural.GuestDsBase, High)),
        ("guest's CS has a type", v => Rights(v, SegmentNumber.Cs, 0xA09A)),
        ("guest's SS has a type", v => Rights(v, SegmentNumber.Ss, 0xC091)),
        ("guest's ES has a type", v => Rights(v, SegmentNumber.Es, 0xC092)),
        ("guest's FS has a type", v => Rights(v, SegmentNumber.Fs, 0xC099)),
        ("guest's GS is a system segment", v => Rights(v, SegmentNumber.Gs, 0xC083)),
        ("guest's CS is not present", v => Rights(v, SegmentNumber.Cs, 0xA01B)),
        ("guest's CS is not present", v => Rights(v, SegmentNumber.Cs, 0xA09B | Unusable)),
        ("guest's DS has a reserved bit", v => Rights(v, SegmentNumber.Ds, 0xC193)),
        ("L and D", v => Rights(v, SegmentNumber.Cs, 0xE09B)),
        ("guest's SS has a granularity", v => v.Write(VmcsField32.GuestSsLimit, 0xFFFF_F000)),
        ("guest's SS has a granularity", v => Rights(v, SegmentNumber.Ss, 0x4093)),
        ("guest's FS or GS", v => v.Write(VmcsFieldNatural.GuestFsBase, NotCanonical)),
        ("guest's FS or GS", v => { Rights(v, SegmentNumber.Gs, Unusable); v.Write(VmcsFieldNatural.GuestGsBase, NotCanonical); }),
        ("guest's CS has a DPL", v => Rights(v, SegmentNumber.Cs, 0xA0FB)),
        ("guest's CS has a DPL", v => Rights(v, SegmentNumber.Cs, 0xA0FF)),
        ("guest's SS has an RPL", v => { Restrict(v); v.Write(VmcsField16.GuestSsSelector, 0x13); }),
        ("guest's SS has a DPL other than its RPL", v => { Restrict(v); Rights(v, SegmentNumber.Ss, 0xC0F3); Rights(v, SegmentNumber.Cs, 0xA0FB); }),
        ("guest's ES has a DPL below", v => { Restrict(v); v.Write(VmcsField16.GuestEsSelector, 0x13); }),
        ("guest's TR is not a busy TSS", v => Rights(v, SegmentNumber.Tr, 0x89)),
        ("guest's TR is not a busy TSS", v => Rights(v, SegmentNumber.Tr, 0x83)),
        ("guest's TR is unusable", v => Rights(v, SegmentNumber.Tr, 0x8B | Unusable)),
        ("guest's TR is not a system segment", v => Rights(v, SegmentNumber.Tr, 0x9B)),
        ("guest's TR is not present", v => Rights(v, SegmentNumber.Tr, 0x0B)),
        ("guest's TR has a selector of the LDT", v => v.Write(VmcsField16.GuestTrSelector, 0x1C)),
        ("guest's TR has a base", v => v.Write(VmcsFieldNatural.GuestTrBase, NotCanonical)),
        ("guest's LDTR is not a local", v => Rights(v, SegmentNumber.Ldtr, 0x83)),
        ("guest's LDTR has a reserved bit", v => Rights(v, SegmentNumber.Ldtr, 0x282)),
        ("guest's LDTR has a granularity", v => { Rights(v, SegmentNumber.Ldtr, 0x82); v.Write(VmcsField32.GuestLdtrLimit, 0x10_0000); }),
        ("GDTR or IDTR has a base", v => v.Write(VmcsFieldNatural.GuestGdtrBase, NotCanonical)),
        ("GDTR or IDTR has a base", v => v.Write(VmcsFieldNatural.GuestIdtrBase, NotCanonical)),
        ("GDTR or IDTR has a limit", v => v.Write(VmcsField32.GuestIdtrLimit, 0x1_0000)),

        // 27.3.1.4 and 27.3.1.5: RIP, RFLAGS and what is not a register.
        ("guest's RIP has upper bits", v => v.Write(VmcsFieldNatural.GuestRip, 1UL << 62)),
        ("guest's RIP has one of bits", v => { Rights(v, SegmentNumber.Cs, 0xC09B); v.Write(VmcsFieldNatural.GuestRip, High); }),
        ("guest's RFLAGS have", v => v.Write(VmcsFieldNatural.GuestRflags, 0)),
        ("guest's RFLAGS have", v => v.Write(VmcsFieldNatural.GuestRflags, 0x800A)),
        ("RFLAGS.IF clear", v => { Inject(v, VcpuEvent.Interrupt(0x30)); v.Write(VmcsFieldNatural.GuestRflags, (ulong)Rflags.AlwaysOne); }),
        ("activity state is one", v => v.Write(VmcsField32.GuestActivity, 4)),
        ("not at CPL 0", v =>
        {
            Rights(v, SegmentNumber.Cs, 0xA0FB);
            Rights(v, SegmentNumber.Ss, 0xC0F3);
            v.Write(VmcsField32.GuestActivity, (uint)ActivityState.Halted);
        }),
        ("not active, and blocked", v => { Block(v, Interruptibility.BlockedBySti); v.Write(VmcsField32.GuestActivity, (uint)ActivityState.Halted); }),
        ("interruptibility has a reserved bit", v => Block(v, (Interruptibility)(1 << 5))),
        ("both by STI and by MOV SS", v => Block(v, Interruptibility.BlockedBySti | Interruptibility.BlockedByMovSs)),
        ("blocked by STI with", v => { Block(v, Interruptibility.BlockedBySti); v.Write(VmcsFieldNatural.GuestRflags, (ulong)Rflags.AlwaysOne); }),
        ("an interrupt is injected while", v => { Block(v, Interruptibility.BlockedByMovSs); Inject(v, VcpuEvent.Interrupt(0x30)); }),
        ("blocked by MOV SS", v => { Block(v, Interruptibility.BlockedByMovSs); Inject(v, VcpuEvent.Nmi()); }),
        ("blocked by SMI", v => Block(v, Interruptibility.BlockedBySmi)),
        ("blocked by NMI", v => { Block(v, Interruptibility.BlockedByNmi); Inject(v, VcpuEvent.Nmi()); }),
        ("enclave", v => Block(v, Interruptibility.EnclaveInterruption)),
        ("pending debug exceptions have", v => v.Write(VmcsFieldNatural.GuestPendingDebugExceptions, 1 << 13)),
        ("do not say what RFLAGS.TF does", v =>
        {
            Block(v, Interruptibility.BlockedByMovSs);
            v.Write(VmcsFieldNatural.GuestRflags, (ulong)(Rflags.AlwaysOne | Rflags.Trap));
        }),
        ("do not say what RFLAGS.TF does", v =>
        {
            Block(v, Interruptibility.BlockedBySti);
            v.Write(VmcsFieldNatural.GuestPendingDebugExceptions, 1 << 14);
        }),
        ("link pointer", v => v.Write(VmcsField64.VmcsLinkPointer, 1)),
    ];

    private static readonly (string Words, Action<FakeVmcs> Break)[] s_inRealMode =
    [
        ("the guest is in real mode", v => v.Write(VmcsField32.EntryInterruption, 0x8000_0B0D)),
        ("guest's CR0 has", Restrict),
        ("guest's CR4.PCIDE", v => v.Write(VmcsFieldNatural.GuestCr4, (ulong)(Cr4.VmxEnable | Cr4.ProcessContextIdentifiers))),
        ("guest's RIP has one of bits", v => v.Write(VmcsFieldNatural.GuestRip, High)),
        ("RFLAGS.VM", v =>
        {
            v.Write(VmcsFieldNatural.GuestRflags, (ulong)(Rflags.AlwaysOne | Rflags.Virtual8086));
            for (var number = SegmentNumber.Es; number <= SegmentNumber.Gs; number++) SetSegment(v, number, 0, 0, 0xFFFF, 0xF3);
        }),
        ("guest's SS has a DPL other than 0 in real mode", v => { Rights(v, SegmentNumber.Ss, 0xF3); Rights(v, SegmentNumber.Cs, 0xFB); }),
        ("guest's CS has a DPL", v => Rights(v, SegmentNumber.Cs, 0xF3)),
        ("PDPTE", v =>
        {
            v.Write(VmcsFieldNatural.GuestCr0, (ulong)LongCr0);
            v.Write(VmcsFieldNatural.GuestCr4, (ulong)(Cr4.VmxEnable | Cr4.PhysicalAddressExtension));
            v.Write(VmcsField64.GuestPdpte2, 3);
        }),
    ];

    private const Efer LongEfer = Efer.LongModeActive | Efer.LongModeEnable | Efer.NoExecuteEnable;
    private const Cr0 LongCr0 = Cr0.Paging | Cr0.ProtectionEnable | Cr0.NumericError | Cr0.ExtensionType;

    /// <summary>A guest in 64-bit mode, or as after RESET.</summary>
    private static FakeVmcs Valid(bool longMode)
    {
        var vmcs = new FakeVmcs();
        vmcs.Write(VmcsField32.PinControls, (uint)s_features.PinControls);
        vmcs.Write(VmcsField32.PrimaryControls, (uint)s_features.PrimaryControls);
        vmcs.Write(VmcsField32.SecondaryControls, (uint)s_features.SecondaryControls);
        vmcs.Write(VmcsField32.ExitControls, (uint)s_features.ExitControls);
        vmcs.Write(VmcsField32.EntryControls, (uint)(s_features.EntryControls | (longMode ? EntryControls.Ia32eModeGuest : 0)));
        vmcs.Write(VmcsField64.IoBitmapA, 0x1000);
        vmcs.Write(VmcsField64.IoBitmapB, 0x2000);
        vmcs.Write(VmcsField64.MsrBitmap, 0x3000);
        vmcs.Write(VmcsField64.EptPointer, new EptPointer(0x5000, true).Value);
        vmcs.Write(VmcsField64.VmcsLinkPointer, ulong.MaxValue);
        vmcs.Write(VmcsField16.Vpid, 1);

        vmcs.Write(VmcsFieldNatural.HostCr0, (ulong)LongCr0);
        vmcs.Write(VmcsFieldNatural.HostCr4, (ulong)(Cr4.VmxEnable | Cr4.PhysicalAddressExtension));
        vmcs.Write(VmcsField64.HostEfer, (ulong)LongEfer);
        vmcs.Write(VmcsField16.HostCsSelector, 0x8);
        vmcs.Write(VmcsField16.HostTrSelector, 0x18);
        vmcs.Write(VmcsFieldNatural.HostRip, 0xFFFF_FFFF_8000_0000);

        vmcs.Write(VmcsFieldNatural.GuestCr0, (ulong)(longMode ? LongCr0 : Cr0.NumericError | Cr0.ExtensionType));
        vmcs.Write(VmcsFieldNatural.GuestCr4, (ulong)(longMode ? Cr4.VmxEnable | Cr4.PhysicalAddressExtension : Cr4.VmxEnable));
        vmcs.Write(VmcsField64.GuestEfer, longMode ? (ulong)LongEfer : 0);
        vmcs.Write(VmcsFieldNatural.GuestRflags, (ulong)(longMode ? Rflags.AlwaysOne | Rflags.InterruptEnable : Rflags.AlwaysOne));
        uint limit = longMode ? 0xFFFF_FFFF : 0xFFFF;
        for (var number = SegmentNumber.Es; number <= SegmentNumber.Gs; number++)
            SetSegment(vmcs, number, longMode ? (ushort)0x10 : (ushort)0, 0, limit, longMode ? 0xC093u : 0x93u);
        SetSegment(vmcs, SegmentNumber.Cs, longMode ? (ushort)0x8 : (ushort)0xF000, longMode ? 0 : 0xFFFF_0000UL, limit, longMode ? 0xA09Bu : 0x9Bu);
        SetSegment(vmcs, SegmentNumber.Ldtr, 0, 0, 0, Unusable);
        SetSegment(vmcs, SegmentNumber.Tr, 0x18, 0x9000, 0x67, 0x8B);
        return vmcs;
    }

    private static void SetSegment(FakeVmcs vmcs, SegmentNumber number, ushort selector, ulong @base, uint limit, uint rights)
    {
        vmcs.Write(VmcsField16.GuestEsSelector + (ushort)(2 * (uint)number), selector);
        vmcs.Write(VmcsFieldNatural.GuestEsBase + 2 * (uint)number, @base);
        vmcs.Write(VmcsField32.GuestEsLimit + 2 * (uint)number, limit);
        Rights(vmcs, number, rights);
    }

    private static void Rights(FakeVmcs vmcs, SegmentNumber number, uint rights) =>
        vmcs.Write(VmcsField32.GuestEsAccessRights + 2 * (uint)number, rights);

    private static void Set(FakeVmcs vmcs, PinControls bits) => Or(vmcs, VmcsField32.PinControls, (uint)bits);

    private static void Set(FakeVmcs vmcs, PrimaryControls bits) => Or(vmcs, VmcsField32.PrimaryControls, (uint)bits);

    private static void Set(FakeVmcs vmcs, SecondaryControls bits) => Or(vmcs, VmcsField32.SecondaryControls, (uint)bits);

    private static void Clear(FakeVmcs vmcs, PinControls bits) => And(vmcs, VmcsField32.PinControls, ~(uint)bits);

    private static void Clear(FakeVmcs vmcs, PrimaryControls bits) => And(vmcs, VmcsField32.PrimaryControls, ~(uint)bits);

    private static void Clear(FakeVmcs vmcs, SecondaryControls bits) => And(vmcs, VmcsField32.SecondaryControls, ~(uint)bits);

    private static void Or(FakeVmcs vmcs, VmcsField32 field, uint bits) => vmcs.Write(field, vmcs.Read(field) | bits);

    private static void And(FakeVmcs vmcs, VmcsField32 field, uint bits) => vmcs.Write(field, vmcs.Read(field) & bits);

    private static void Restrict(FakeVmcs vmcs) => Clear(vmcs, SecondaryControls.UnrestrictedGuest);

    private static void Post(FakeVmcs vmcs)
    {
        Set(vmcs, PinControls.ProcessPostedInterrupts);
        Set(vmcs, PrimaryControls.UseTprShadow);
        Set(vmcs, SecondaryControls.VirtualInterruptDelivery);
    }

    private static void Acknowledge(FakeVmcs vmcs) => Or(vmcs, VmcsField32.ExitControls, (uint)ExitControls.AcknowledgeInterrupt);

    private static void Block(FakeVmcs vmcs, Interruptibility by) => vmcs.Write(VmcsField32.GuestInterruptibility, (uint)by);

    private static void Inject(FakeVmcs vmcs, in VcpuEvent @event) =>
        vmcs.Write(VmcsField32.EntryInterruption, EventInformation.From(@event).Value);

    /// <summary>The whole sentence; null when no rule is broken.</summary>
    private static string? BrokenRule(Vmcs vmcs, VmxFeatures features) =>
        VmcsChecker.FindBrokenRule(vmcs, features, out string subject) is { } rule ? subject + rule : null;
}
