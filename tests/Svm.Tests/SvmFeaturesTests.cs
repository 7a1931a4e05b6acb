using Lamina.Core;
using Lamina.Testing;

namespace Lamina.Svm.Tests;

public class SvmFeaturesTests
{
    [Fact]
    public void WhatACpuHasIsRead()
    {
        var features = SvmFeatures.Read(SvmFixture.CreateCpu(SvmFeatureBits.NestedPaging | SvmFeatureBits.NextRipSave))!;
        features.Has(SvmFeatureBits.NestedPaging | SvmFeatureBits.NextRipSave).Should().BeTrue();
        features.Has(SvmFeatureBits.NestedPaging | SvmFeatureBits.Avic).Should().BeFalse();
        features.AsidCount.Should().Be(16);
        features.LargestPageLevel.Should().Be(3);
        features.Switched.HasTscAux.Should().BeTrue();
        features.Switched.Components.Should().Be(0x207, "x87, SSE, AVX and PKRU; AVX-512 is not offered to guests");
        features.Switched.Size.Should().Be(2696);
    }

    [Fact]
    public void WithoutXsaveThereIsFxsave()
    {
        var cpu = SvmFixture.CreateCpu(SvmFeatureBits.NestedPaging);
        cpu.Cpuid[1] = default;
        SvmFeatures.Read(cpu)!.Switched.Components.Should().Be(0);
    }

    [Fact]
    public void TheDescriptionSaysWhatIsUsed() =>
        SvmFeatures.Read(SvmFixture.CreateCpu(SvmFeatureBits.NestedPaging | SvmFeatureBits.FlushByAsid))!.Describe().Should()
            .Contain("1 GiB pages, 16 ASIDs").And.Contain("next-RIP save no").And.Contain("flush by ASID yes").And.Contain("AVIC no");

    [Theory]
    [InlineData("no AMD-V")]
    [InlineData("without nested paging")]
    [InlineData("address space identifiers")]
    [InlineData("disabled by firmware")]
    [InlineData("larger than 3904 bytes")]
    public void WhatStandsInTheWayIsSaid(string message)
    {
        var cpu = SvmFixture.CreateCpu(message.Contains("paging") ? 0 : SvmFeatureBits.NestedPaging, message.Contains("identifiers") ? 1u : 16u);
        if (message == "no AMD-V") cpu.Cpuid[0x8000_0001] = default;
        if (message == "disabled by firmware") cpu.Msrs[HostMsr.VmCr] = HostMsr.VmCrLock | HostMsr.VmCrSvmDisabled;
        if (message == "larger than 3904 bytes") cpu.Cpuid[0xD, 9] = new CpuidResult(8, 3900, 0, 0);
        // None of these gets as far as memory.
        new SvmProcessorBackend().TryEnable(cpu, null!).Should().Contain(message);
    }

    [Fact]
    public void AnOldCpuWithoutTheLeafHasNone()
    {
        var old = new FakeCpu();
        old.Cpuid[0x8000_0000] = new CpuidResult(0x8000_0008, 0, 0, 0);
        SvmFeatures.Read(old).Should().BeNull();
    }
}
