using System;
using Lamina.Core;

namespace Lamina.Testing;

/// <summary>A VM with fake vCPUs on a <see cref="FakeCpu"/>, and a guest TSC of 1 GHz that starts at 0.</summary>
public sealed class TestMachine : IDisposable
{
    private readonly TestMemory _memory;

    /// <summary>A VM with some RAM and vCPUs, on a CPU of its own unless it is given one.</summary>
    public TestMachine(
        int memory = 1 << 20, int vcpus = 1, ulong frequency = 1_000_000_000, FakeCpuid? cpuid = null,
        WithheldInstructions withheld = WithheldInstructions.None, FakeCpu? cpu = null)
    {
        _memory = new TestMemory(memory);
        // No test here maps anything: there is no second-level translation.
        Cpu = cpu ?? new FakeCpu { Cpuid = cpuid ?? new FakeCpuid() };
        Machine = new VirtualMachine(
            "test", Cpu, _memory.Guest, null!, new GuestClock(Cpu, frequency), new GuestCpuid(Cpu, vcpus, frequency, withheld), hostRoot: 0);
        States = new FakeVcpuState[vcpus];
        var made = new VirtualCpu[vcpus];
        for (int i = 0; i < vcpus; i++)
        {
            States[i] = new FakeVcpuState();
            made[i] = new VirtualCpu(Machine, i, States[i]);
        }
        Machine.Attach(made);
    }

    /// <summary>The CPU that runs it: a test moves its time.</summary>
    public FakeCpu Cpu { get; }

    /// <summary>The VM.</summary>
    public VirtualMachine Machine { get; }

    /// <summary>The states of its vCPUs.</summary>
    public FakeVcpuState[] States { get; }

    /// <summary>Its RAM, seen from outside.</summary>
    public Span<byte> Memory => _memory.Bytes;

    /// <inheritdoc/>
    public void Dispose() => _memory.Dispose();
}
