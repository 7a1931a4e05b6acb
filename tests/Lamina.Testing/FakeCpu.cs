using System;
using System.Collections.Generic;
using Lamina.Core;

namespace Lamina.Testing;

/// <summary>A CPU whose TSC stands still until a test moves it.</summary>
public sealed class FakeCpu(FakeTimer timer, int deadlines = 64, int index = 0) : Cpu(index, timer, deadlines)
{
    /// <summary>A CPU with a timer of its own.</summary>
    public FakeCpu() : this(new FakeTimer()) { }

    /// <summary>One of several CPUs, with a timer of its own.</summary>
    public FakeCpu(int index) : this(new FakeTimer(), index: index) { }

    /// <summary>Its timer.</summary>
    public FakeTimer Timer { get; } = timer;

    /// <summary>The time-stamp counter. Setting it calls no deadline: the CPU was busy with something else.</summary>
    public ulong Tsc { get; set; }

    /// <inheritdoc/>
    public override ulong ReadTsc() => Tsc;

    /// <summary>What CPUID answers; zeros for what is not in it.</summary>
    public FakeCpuid Cpuid { get; init; } = new();

    /// <inheritdoc/>
    public override CpuidResult ReadCpuid(uint leaf, uint subleaf) => Cpuid[leaf, subleaf];

    /// <summary>The MSRs that there are.</summary>
    public Dictionary<uint, ulong> Msrs { get; } = [];

    /// <inheritdoc/>
    public override bool TryReadMsr(uint msr, out ulong value) => Msrs.TryGetValue(msr, out value);

    /// <inheritdoc/>
    public override bool TryWriteMsr(uint msr, ulong value)
    {
        if (!Msrs.ContainsKey(msr)) return false;
        Msrs[msr] = value;
        return true;
    }

    /// <summary>The host root table that was loaded last.</summary>
    public ulong Root { get; private set; }

    /// <inheritdoc/>
    protected override void WriteRoot(ulong root) => Root = root;

    /// <inheritdoc/>
    protected override void TakeInterrupts() => InterruptsTaken++;

    /// <summary>How often pending interrupts were taken.</summary>
    public int InterruptsTaken { get; private set; }

    /// <inheritdoc/>
    protected override void Interrupt()
    {
        InterruptsSent++;
        Interrupted?.Invoke();
    }

    /// <summary>What another CPU's interrupt does, on the thread of that CPU: where each CPU is a thread, it ends this one's halt.</summary>
    public Action? Interrupted { get; init; }

    /// <summary>How often another CPU has interrupted it.</summary>
    public int InterruptsSent { get; private set; }

    /// <inheritdoc/>
    public override void HandleMachineCheck() => MachineChecks++;

    /// <summary>How many machine checks there were.</summary>
    public int MachineChecks { get; private set; }

    /// <summary>Moves time on to the timer's, if it is armed. A halt that nothing ends, though a deadline waits, is an error.</summary>
    protected override void WaitForInterrupt()
    {
        if (Timer.Armed is { } armed) Tsc = Math.Max(Tsc, armed);
        else if (Deadlines.Count != 0) throw new InvalidOperationException("the CPU halts for ever: its timer is not armed, and a deadline waits");
    }

    /// <summary>Moves time on to <paramref name="tsc"/>, calling each deadline on the way at the tick at which it is due.</summary>
    public void RunTo(ulong tsc)
    {
        while (Deadlines.Earliest <= tsc)
        {
            if (Deadlines.Earliest > Tsc) Tsc = Deadlines.Earliest;
            ExpireDeadlines();
        }
        Tsc = tsc;
    }

    /// <summary>Moves time on by <paramref name="ticks"/>; as <see cref="RunTo"/>.</summary>
    public void Run(ulong ticks) => RunTo(Tsc + ticks);
}
