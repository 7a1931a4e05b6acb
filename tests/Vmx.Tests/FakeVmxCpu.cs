using System.Collections.Generic;
using Lamina.Core;

namespace Lamina.Vmx.Tests;

/// <summary>A CPU as the backend sees it, without the registers that a vCPU's state is put into: it remembers what would have been.</summary>
internal sealed class FakeVmxCpu(Cpu cpu, VmxFeatures features, FakeVmcs vmcs) : VmxCpu(cpu, features, vmcs)
{
    /// <summary>What was loaded and unloaded, in order.</summary>
    internal List<(string What, VmxVcpuState State)> Registers { get; } = [];

    /// <summary>Its VMCSs.</summary>
    internal FakeVmcs Vmcs { get; } = vmcs;

    protected override void LoadRegisters(VmxVcpuState state) => Registers.Add(("load", state));

    protected override void UnloadRegisters(VmxVcpuState state) => Registers.Add(("unload", state));

    /// <summary>The CPU's number stands for all that differs between CPUs.</summary>
    protected override void WriteHostState(Vmcs vmcs, Cpu cpu) => vmcs.Write(VmcsFieldNatural.HostGsBase, (ulong)cpu.Index);
}
