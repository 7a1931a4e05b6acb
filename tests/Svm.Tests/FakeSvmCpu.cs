using System.Collections.Generic;
using Lamina.Core;

namespace Lamina.Svm.Tests;

/// <summary>A CPU as the backend sees it, without the registers that a vCPU's state is put into: it remembers what would have been.</summary>
internal sealed class FakeSvmCpu(Cpu cpu, SvmFeatures features) : SvmCpu(cpu, features, hostVmcb: 0)
{
    /// <summary>What was loaded and unloaded, in order.</summary>
    internal List<(string What, SvmVcpuState State)> Registers { get; } = [];

    protected override void LoadRegisters(SvmVcpuState state) => Registers.Add(("load", state));

    protected override void UnloadRegisters(SvmVcpuState state) => Registers.Add(("unload", state));
}
