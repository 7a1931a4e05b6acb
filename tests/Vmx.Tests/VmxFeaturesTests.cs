using System.Linq;
using Lamina.Core;
using Lamina.Testing;

namespace Lamina.Vmx.Tests;

public class VmxFeaturesTests
{
    [Fact]
    public void WhatACpuHasIsRead()
    {
        var features = VmxFixture.ReadFeatures();
        features.FindObstacle().Should().BeNull();
        features.Revision.Should().Be(0x12);
        features.RegionSize.Should().Be(1024);
        features.RegionMemoryType.Should().Be(6);
        features.NeedsLowMemory.Should().BeFalse();
        features.HasTrueControls.Should().BeTrue();
        features.HasPortInstructionInformation.Should().BeTrue();
        features.AllowsAnyErrorCode.Should().BeFalse();
        features.PreemptionTimerShift.Should().Be(5);
        features.Cr3Targets.Should().Be(4);
        features.AllowsZeroLength.Should().BeFalse();
        features.Allows(ActivityState.Halted).Should().BeTrue();
        features.Allows(ActivityState.WaitForStartup).Should().BeTrue();
        features.LargestPageLevel.Should().Be(3);
        features.Has(EptVpidCapabilities.ExecuteOnly | EptVpidCapabilities.AccessedAndDirty | EptVpidCapabilities.InveptSingle).Should().BeTrue();
        features.PhysicalAddressBits.Should().Be(39);
        features.LinearAddressBits.Should().Be(48);
        features.Cr0Required.Should().Be(Cr0.Paging | Cr0.ProtectionEnable | Cr0.NumericError);
        features.Cr4Required.Should().Be(Cr4.VmxEnable);
    }

    [Fact]
    public void AVcpusControlsAreWhatIsNeededAndWhatIsThere()
    {
        var features = VmxFixture.ReadFeatures();
        ((uint)features.PinControls).Should().Be(0x16 | 0x69);
        ((uint)features.PrimaryControls).Should().Be(0x0400_6172 | 0xB220_0C88);
        features.SecondaryControls.Should().Be(SecondaryControls.EnableEpt | SecondaryControls.EnableVpid | SecondaryControls.UnrestrictedGuest
            | SecondaryControls.EnableRdtscp | SecondaryControls.EnableInvpcid | SecondaryControls.WbinvdExiting | SecondaryControls.PauseLoopExiting);
        ((uint)features.ExitControls).Should().Be(0x3_6DFB | 0x3C_0204);
        ((uint)features.EntryControls).Should().Be(0x11FB | 0xC004);
        features.Uses(PrimaryControls.Cr3LoadExiting).Should().BeFalse();
        features.Uses(SecondaryControls.EnableVpid | SecondaryControls.UnrestrictedGuest).Should().BeTrue();
        features.Uses(SecondaryControls.EnableVpid | SecondaryControls.VmcsShadowing).Should().BeFalse();
        features.Allows(SecondaryControls.VmcsShadowing).Should().BeTrue();
    }

    [Fact]
    public void WhereItIsNotWantedNothingIsDeliveredByHardware()
    {
        VmxFixture.ReadFeatures().DeliversInterrupts.Should().BeTrue();
        VmxFeatures.Read(VmxFixture.CreateCpu(), deliversInterrupts: false)!.DeliversInterrupts.Should().BeFalse();
    }

    [Fact]
    public void WithoutATprShadowCr8ExitsAndNothingIsDeliveredByHardware()
    {
        VmxFixture.ReadFeatures().DeliversInterrupts.Should().BeTrue();
        var cpu = VmxFixture.CreateCpu();
        VmxFixture.Remove(cpu, CapabilityMsr.PrimaryControls, (ulong)PrimaryControls.UseTprShadow << 32);
        var features = VmxFeatures.Read(cpu)!;
        features.FindObstacle().Should().BeNull();
        features.Uses(PrimaryControls.Cr8LoadExiting | PrimaryControls.Cr8StoreExiting).Should().BeTrue();
        features.DeliversInterrupts.Should().BeFalse();
    }

    [Theory]
    [InlineData(0x0002_0655u, false)]
    [InlineData(0x0003_06A8u, false)]
    [InlineData(0x0003_06A9u, true)]
    [InlineData(0x0003_06C3u, true)]
    public void APreemptionTimerThatIsKnownToCountWronglyIsLeftAlone(uint signature, bool used)
    {
        var cpu = VmxFixture.CreateCpu();
        cpu.Cpuid[1] = cpu.Cpuid[1] with { Eax = signature };
        VmxFeatures.Read(cpu)!.Uses(PinControls.ActivatePreemptionTimer).Should().Be(used);
    }

    [Fact]
    public void WithoutUnrestrictedGuestTheLogSaysWhatCannotRun()
    {
        var cpu = VmxFixture.CreateCpu();
        VmxFixture.Remove(cpu, CapabilityMsr.SecondaryControls, (ulong)SecondaryControls.UnrestrictedGuest << 32);
        var features = VmxFeatures.Read(cpu)!;
        features.FindObstacle().Should().BeNull();
        features.Uses(SecondaryControls.UnrestrictedGuest).Should().BeFalse();
        features.Describe().Should().Contain("unrestricted guest no,").And.EndWith("no guest can start in real mode");
    }

    [Fact]
    public void VpidIsNotUsedWhereItsTranslationsCannotBeDropped()
    {
        var cpu = VmxFixture.CreateCpu();
        cpu.Msrs[CapabilityMsr.EptVpid] &= ~(ulong)EptVpidCapabilities.Invvpid;
        var features = VmxFeatures.Read(cpu)!;
        features.Uses(SecondaryControls.EnableVpid).Should().BeFalse();
        features.FindObstacle().Should().BeNull();
        features.Describe().Should().Contain("VPID not used");
    }

    [Fact]
    public void TheDescriptionSaysWhatIsUsed() => VmxFixture.ReadFeatures().Describe().Should()
        .StartWith("EPT with 1 GiB pages, execute-only pages yes").And.Contain("VPID yes").And.Contain("unrestricted guest yes")
        .And.Contain("posted interrupts not used").And.Contain("monitor trap flag not used,").And.NotContain("real mode");

    [Theory]
    [InlineData("no VT-x")]
    [InlineData("VT-x without EPT")]
    [InlineData("disabled by firmware")]
    [InlineData("cannot be 1")]
    public void WhatStandsInTheWayIsSaid(string message)
    {
        var cpu = VmxFixture.CreateCpu();
        if (message == "no VT-x") cpu.Cpuid[1] = default;
        if (message == "VT-x without EPT") VmxFixture.Remove(cpu, CapabilityMsr.SecondaryControls, (ulong)SecondaryControls.EnableEpt << 32);
        if (message == "disabled by firmware") cpu.Msrs[HostMsr.FeatureControl] = HostMsr.FeatureControlLock;
        if (message == "cannot be 1") VmxFixture.Remove(cpu, CapabilityMsr.PinControls, (ulong)PinControls.VirtualNmis << 32);
        // None of these gets as far as memory.
        new VmxProcessorBackend().TryEnable(cpu, null!).Should().Contain(message);
    }

    /// <summary>Each needs a look at what is missing, and no more.</summary>
    [Theory]
    [InlineData(CapabilityMsr.SecondaryControls, 1UL << 33, "VT-x without EPT (IA32_VMX_PROCBASED_CTLS2 bit 33 is clear)")]
    [InlineData(CapabilityMsr.PrimaryControls, 1UL << 63, "VT-x without EPT")]
    [InlineData(CapabilityMsr.EptVpid, 1UL << 6, "no tables of four levels")]
    [InlineData(CapabilityMsr.EptVpid, 1UL << 14, "no tables of four levels")]
    [InlineData(CapabilityMsr.EptVpid, 1UL << 20, "EPT without INVEPT")]
    [InlineData(CapabilityMsr.EptVpid, 1UL << 26, "EPT without INVEPT")]
    [InlineData(CapabilityMsr.PinControls, 1UL << 37, "bit 5 of the pin-based controls (IA32_VMX_TRUE_PINBASED_CTLS) cannot be 1")]
    [InlineData(CapabilityMsr.PrimaryControls, 1UL << 60, "bit 28 of the primary processor-based controls (IA32_VMX_TRUE_PROCBASED_CTLS) cannot be 1")]
    [InlineData(CapabilityMsr.PrimaryControls, 1UL << 54, "bit 22 of the primary processor-based controls")]
    [InlineData(CapabilityMsr.PrimaryControls, 1UL << 53 | 1UL << 51, "bit 19 of the primary processor-based controls")]
    [InlineData(CapabilityMsr.ExitControls, 1UL << 50, "bit 18 of the VM-exit controls (IA32_VMX_TRUE_EXIT_CTLS) cannot be 1")]
    [InlineData(CapabilityMsr.EntryControls, 1UL << 47, "bit 15 of the VM-entry controls (IA32_VMX_TRUE_ENTRY_CTLS) cannot be 1")]
    [InlineData(CapabilityMsr.EntryControls, 1UL << 41, "bit 9 of the VM-entry controls")]
    public void WhatIsMissingIsNamed(uint msr, ulong bits, string words)
    {
        var cpu = VmxFixture.CreateCpu();
        VmxFixture.Remove(cpu, msr, bits);
        VmxFeatures.Read(cpu)!.FindObstacle().Should().Contain(words);
    }

    [Fact]
    public void ACpuWithoutTrueControlsCannotLetGuestsLoadCr3()
    {
        var cpu = VmxFixture.CreateCpu();
        cpu.Msrs[CapabilityMsr.Basic] &= ~(1UL << 55);
        foreach (uint msr in cpu.Msrs.Keys.Where(m => m >= CapabilityMsr.PinControls + CapabilityMsr.TrueOffset).ToArray()) cpu.Msrs.Remove(msr);
        var features = VmxFeatures.Read(cpu)!;
        features.HasTrueControls.Should().BeFalse();
        features.Uses(PrimaryControls.Cr3LoadExiting | PrimaryControls.Cr3StoreExiting).Should().BeTrue("they are fixed at 1");
        features.FindObstacle().Should().Contain("bit 15 of the primary processor-based controls (IA32_VMX_PROCBASED_CTLS) cannot be 0");

        // Such a CPU whose old MSRs let them be 0 is good enough.
        cpu.Msrs[CapabilityMsr.PrimaryControls] &= ~0x1_8000UL;
        features = VmxFeatures.Read(cpu)!;
        features.FindObstacle().Should().BeNull();
        ((uint)features.ExitControls).Should().Be(0x3_6DFF | 0x3C_0200);
    }

    [Fact]
    public void ACpuWhoseVectorsDoNotFitIsRefused()
    {
        var cpu = VmxFixture.CreateCpu();
        cpu.Cpuid[0xD] = new CpuidResult(0x207, 0, 0, 0);
        cpu.Cpuid[0xD, 9] = new CpuidResult(8, 3900, 0, 0);
        VmxFeatures.Read(cpu)!.FindObstacle().Should().Contain("larger than 3904 bytes");
    }

    [Fact]
    public void WithoutSecondaryControlsTheirMsrIsNotRead()
    {
        var cpu = VmxFixture.CreateCpu();
        VmxFixture.Remove(cpu, CapabilityMsr.PrimaryControls, 1UL << 63);
        var features = VmxFeatures.Read(cpu)!;
        features.Secondary.Allowed.Should().Be(0);
        features.EptVpid.Should().Be(0);
    }

    [Fact]
    public void AnOldCpuHasNarrowAddressesAndSmallPages()
    {
        var cpu = VmxFixture.CreateCpu();
        cpu.Cpuid[0x8000_0000] = new CpuidResult(0x8000_0004, 0, 0, 0);
        cpu.Msrs[CapabilityMsr.EptVpid] &= ~(ulong)EptVpidCapabilities.Pages1G;
        cpu.Msrs[CapabilityMsr.Basic] |= 1UL << 48;
        var features = VmxFeatures.Read(cpu)!;
        (features.PhysicalAddressBits, features.LinearAddressBits, features.LargestPageLevel).Should().Be((36, 48, 2));
        features.NeedsLowMemory.Should().BeTrue();
        cpu.Msrs[CapabilityMsr.EptVpid] &= ~(ulong)EptVpidCapabilities.Pages2M;
        VmxFeatures.Read(cpu)!.LargestPageLevel.Should().Be(1);
    }

    [Fact]
    public void ACpuWithoutVmxHasNoFeatures() => VmxFeatures.Read(new FakeCpu { Cpuid = { [1] = default } }).Should().BeNull();
}
