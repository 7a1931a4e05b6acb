using System;
using Lamina.Core;
using Lamina.Testing;

namespace Lamina.Svm.Tests;

/// <summary>A vCPU's state goes from one physical CPU to another, and back.</summary>
public sealed unsafe class MovingTests : IDisposable
{
    private const SvmFeatureBits Bits = SvmFeatureBits.NestedPaging | SvmFeatureBits.VmcbClean | SvmFeatureBits.FlushByAsid;

    private readonly SvmFixture _svm = new(Bits);
    private readonly FakeCpu _second = SvmFixture.CreateCpu(Bits, index: 1);
    private readonly FakeSvmCpu _here, _there;

    public MovingTests()
    {
        _here = new FakeSvmCpu(_svm.Cpu, _svm.Features);
        _there = new FakeSvmCpu(_second, _svm.Features);
        foreach (var cpu in new[] { _svm.Cpu, _second }) cpu.Msrs[SwitchedMsr.TscAux] = 0;
    }

    public void Dispose() => _svm.Dispose();

    private SvmVcpuState State => _svm.State;

    /// <summary>The first entry after another vCPU's, and its exit, as SvmBackend does them.</summary>
    private TlbControl Run(FakeSvmCpu cpu, SvmVcpuState state)
    {
        cpu.Loaded.Should().NotBe(state);
        cpu.Load(state);
        state.Vmcb->Control.CleanBits.Should().Be(0, "the CPU is to read all of the VMCB");
        state.Vmcb->Control.Asid.Should().NotBe(0u);
        var flush = state.Vmcb->Control.TlbControl;
        state.Vmcb->Control.TlbControl = TlbControl.None;
        state.Vmcb->Control.CleanBits = cpu.CleanAfterRun;
        return flush;
    }

    private SvmVcpuState MakeAnother()
    {
        _svm.Pages.TryAllocatePages(SvmVcpuState.PageCount, out var pages).Should().BeTrue();
        return new SvmVcpuState(_svm.Pages, pages, _svm.Features, _svm.Maps, SvmFixture.NestedRoot);
    }

    [Fact]
    public void NothingOfItStaysInTheCpuThatItLeaves()
    {
        Run(_here, State);
        State.Leave();
        _here.Loaded.Should().BeNull();
        State.TryWriteSwitchedMsr(SwitchedMsr.TscAux, 5).Should().BeTrue();
        _svm.Cpu.Msrs[SwitchedMsr.TscAux].Should().Be(0, "it is not in that CPU any more");
        Run(_here, MakeAnother());
        _here.Registers.ConvertAll(one => one.What).Should().Equal("load", "unload", "load");
        _svm.Cpu.Guard.CanRecover.Should().BeFalse("no guarded work is under way");
    }

    [Fact]
    public void LeavingIsHarmlessWhereItIsNotLoaded()
    {
        State.Leave();
        _here.Registers.Should().BeEmpty();
        Run(_here, State);
        var other = MakeAnother();
        Run(_here, other);
        State.Leave();
        State.Leave();
        _here.Loaded.Should().Be(other);
        _here.Registers.Should().Equal(("load", State), ("unload", State), ("load", other));
    }

    [Fact]
    public void OnAnotherCpuAllIsReadAnewUnderAnAsidOfThatCpu()
    {
        Run(_there, MakeAnother());
        Run(_here, State).Should().Be(TlbControl.FlushAll, "what ran there before is not known");
        State.TryWriteSwitchedMsr(SwitchedMsr.TscAux, 7);
        State.Leave();
        State.Adopt(_second);
        Run(_there, State);
        State.Asid.Value.Should().Be(2);
        _there.Loaded.Should().Be(State);
        _here.Loaded.Should().BeNull();
        _second.Msrs[SwitchedMsr.TscAux].Should().Be(7);
        State.TryWriteSwitchedMsr(SwitchedMsr.TscAux, 8);
        (_svm.Cpu.Msrs[SwitchedMsr.TscAux], _second.Msrs[SwitchedMsr.TscAux]).Should().Be((7UL, 8UL));
    }

    [Fact]
    public void BackOnTheFirstCpuTheAsidIsAFreshOne()
    {
        Run(_here, State);
        uint first = State.Asid.Value;
        State.Leave();
        State.Adopt(_second);
        Run(_there, State);
        State.Leave();
        State.Adopt(_svm.Cpu);
        Run(_here, State);
        State.Asid.Value.Should().NotBe(first);
    }

    /// <summary>Not entered there, it would still have the ASID of the CPU that it was on, which is that CPU's current one.</summary>
    [Fact]
    public void SoItIsWhereItWasNeverEnteredMeanwhile()
    {
        Run(_here, State);
        uint first = State.Asid.Value;
        State.Leave();
        State.Adopt(_second);
        State.Leave();
        State.Adopt(_svm.Cpu);
        Run(_here, State);
        State.Asid.Value.Should().NotBe(first);
    }

    [Fact]
    public void AFlushThatWasAskedForOnTheWayIsNotForgotten()
    {
        Run(_there, MakeAnother());
        Run(_here, State);
        State.FlushTranslations();
        State.Leave();
        State.Adopt(_second);
        Run(_there, State).Should().Be(TlbControl.FlushGuest);
    }

    [Theory]
    [InlineData(SvmFeatureBits.NextRipSave, "next-RIP save")]
    [InlineData(SvmFeatureBits.FlushByAsid, "flush by ASID")]
    [InlineData(SvmFeatureBits.DecodeAssists, "decode assists")]
    [InlineData(SvmFeatureBits.VmcbClean, "VMCB clean bits")]
    [InlineData(SvmFeatureBits.PauseFilter, "the PAUSE filter (")]
    [InlineData(SvmFeatureBits.PauseFilterThreshold, "threshold")]
    public void ACpuThatLacksWhatTheFirstHasIsRefused(SvmFeatureBits bit, string message)
    {
        var (more, less) = (Read(SvmFixture.CreateCpu(Bits | bit)), Read(SvmFixture.CreateCpu((Bits | bit) & ~bit)));
        more.FindDifference(less).Should().StartWith("this CPU differs from the one that booted: it lacks").And.Contain(message);
        less.FindDifference(more).Should().BeNull("more does no harm");
        more.FindDifference(more).Should().BeNull();
    }

    [Theory]
    [InlineData("fewer ASIDs")]
    [InlineData("no pages of 1 GiB")]
    [InlineData("RDTSCP")]
    [InlineData("lacks XSAVE")]
    [InlineData("laid out differently")]
    public void SoIsOneThatIsSmaller(string message)
    {
        var cpu = SvmFixture.CreateCpu(Bits, message == "fewer ASIDs" ? 15u : 16u);
        if (message == "no pages of 1 GiB") cpu.Cpuid[0x8000_0001] = new CpuidResult(0, 0, 1 << 2, 1 << 27);
        if (message == "RDTSCP") cpu.Cpuid[0x8000_0001] = new CpuidResult(0, 0, 1 << 2, 1 << 26);
        if (message == "lacks XSAVE") cpu.Cpuid[0xD] = new CpuidResult(3, 0, 0, 0);
        if (message == "laid out differently") cpu.Cpuid[0xD, 9] = new CpuidResult(8, 832, 0, 0);
        _svm.Features.FindDifference(Read(cpu)).Should().StartWith("this CPU differs").And.Contain(message);
    }

    private static SvmFeatures Read(FakeCpu cpu) => SvmFeatures.Read(cpu)!;
}
