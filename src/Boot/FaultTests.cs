using System;
using System.Runtime.CompilerServices;
using Lamina.Core;
using Lamina.Host;

namespace Lamina.Boot;

/// <summary>Faults that the boot parameters <c>test=</c> and <c>plant=</c> provoke, to see the panic and the containment do their work.</summary>
internal static unsafe class FaultTests
{
    private const byte StrayVector = 0x99;

    /// <summary>Provokes a fault: stack-overflow, null, throw, index, undefined, divide, cast, write-code. Nothing happens for an empty name, or one of another's: <c>deaf-cpu</c> and <c>other-tsc</c> are <see cref="ProcessorStarter"/>'s.</summary>
    public static void Run(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("stack-overflow"u8))
            Recurse(name.Length);
        else if (name.SequenceEqual("null"u8))
            Dereference(null!);
        else if (name.SequenceEqual("throw"u8))
            throw new InvalidOperationException("a fault was asked for");
        else if (name.SequenceEqual("index"u8))
            name[name.Length + name[0]].CompareTo(0);
        else if (name.SequenceEqual("undefined"u8))
            Instructions.RaiseUndefined();
        else if (name.SequenceEqual("divide"u8))
            (1 / (name.Length - "divide"u8.Length)).CompareTo(0);
        else if (name.SequenceEqual("cast"u8))
            Cast("no boot information").Way = BootWay.Uefi;
        else if (name.SequenceEqual("write-code"u8))
            *(byte*)Instructions.InterruptEntries() = 0;
    }

    /// <summary>With <c>test=other-cpu</c>: a fault on the CPU that came up last, while this one goes on. With <c>test=stray-interrupt</c>: an interrupt for this one that nobody handles, above those that it needs.</summary>
    public static void RunWithCpus(ReadOnlySpan<byte> name, HostCpu[] cpus)
    {
        if (name.SequenceEqual("stray-interrupt"u8))
            cpus[0].Apic.SendInterrupt(cpus[0].Apic.Id, StrayVector);
        if (name.SequenceEqual("other-cpu"u8) && cpus.Length > 1)
            cpus[^1].Send(new Fault());
    }

    private sealed class Fault : CpuWork
    {
        public override void Run(Cpu cpu) => Dereference(null!);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Recurse(int depth)
    {
        Span<byte> frame = stackalloc byte[512];
        frame[0] = (byte)depth;
        return Recurse(depth + 1) + frame[0];
    }

    // Not in line: the compiler would know what it is given, and leave the cast out.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static BootInfo Cast(object any) => (BootInfo)any;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Dereference(BootInfo nothing) => nothing.Way = BootWay.Uefi;
}
