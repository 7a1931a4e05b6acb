using System;
using System.Collections.Generic;
using Lamina.Core;

namespace Lamina.Testing;

/// <summary>A VM with fake vCPUs on a <see cref="FakeCpu"/>, and a guest TSC of 1 GHz that starts at 0.</summary>
public sealed class TestMachine : IDisposable
{
    private readonly TestMemory _memory;

    /// <summary>
    /// A VM with some RAM and vCPUs, on a CPU of its own unless it is given one; or its vCPUs on those of <paramref name="homes"/>, in their order, the first of which has its devices.
    /// </summary>
    public TestMachine(
        int memory = 1 << 20, int vcpus = 1, ulong frequency = 1_000_000_000, FakeCpuid? cpuid = null,
        WithheldInstructions withheld = WithheldInstructions.None, FakeCpu? cpu = null, FakeCpu[]? homes = null)
    {
        _memory = new TestMemory(memory);
        // No test here maps anything: there is no second-level translation.
        Cpu = homes?[0] ?? cpu ?? new FakeCpu { Cpuid = cpuid ?? new FakeCpuid() };
        Machine = new VirtualMachine(
            "test", Cpu, _memory.Guest, null!, new GuestClock(Cpu, frequency), new GuestCpuid(Cpu, vcpus, frequency, withheld), hostRoot: 0);
        States = new FakeVcpuState[vcpus];
        var made = new VirtualCpu[vcpus];
        for (int i = 0; i < vcpus; i++)
        {
            States[i] = new FakeVcpuState();
            made[i] = new VirtualCpu(Machine, i, States[i]) { Cpu = homes?[i] ?? Cpu };
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

    /// <summary>Its vCPUs come home: what is sent to them is taken. Returns the schedulers that run them, of which each CPU has one.</summary>
    public Dictionary<Cpu, Scheduler> ComeHome()
    {
        var schedulers = new Dictionary<Cpu, Scheduler>();
        foreach (var vcpu in Machine.Vcpus)
        {
            if (!schedulers.TryGetValue(vcpu.Cpu, out var scheduler))
                schedulers[vcpu.Cpu] = scheduler = new Scheduler(vcpu.Cpu, Machine.Clock.Frequency, Machine.Vcpus.Length);
            scheduler.TryAdd(vcpu);
        }
        return schedulers;
    }

    /// <inheritdoc/>
    public void Dispose() => _memory.Dispose();
}
