using System;
using System.Runtime;
using System.Threading;
using Lamina.Core;

namespace Lamina.Host;

/// <summary>
/// Starts the machine's other CPUs, one after the other: INIT, then a start-up message or two (Intel SDM vol. 3, 9.4.4.1; AMD APM vol. 2, 16.5). Each comes up on stacks and
/// descriptor tables of its own, in the host's page tables, and waits there for what it is sent: nothing of firmware's is under it any more.
/// </summary>
public sealed unsafe class ProcessorStarter
{
    private const ulong MillisecondsPerSecond = 1_000, MicrosecondsPerSecond = 1_000_000;

    // As the manuals have it. A CPU that is there takes some microseconds, in an emulator on a busy machine some seconds.
    private const ulong InitMilliseconds = 10, StartupMicroseconds = 200, MostMilliseconds = 1_000;

    // What the CPU that comes up finds: one at a time does.
    private static ProcessorStarter? s_starter;
    private static bool s_hasStarted;

    // Until it has VMs, a CPU has none.
    private const int Deadlines = 1;

    private readonly HostMachine _machine;
    private readonly HostTimer _timer;
    private readonly ulong _imageLength;
    private readonly Trampoline _trampoline;
    private DescriptorTables? _tables;
    private HostCpu? _cpu;

    private ProcessorStarter(HostMachine machine, HostTimer timer, ulong imageLength, Trampoline trampoline)
    {
        _machine = machine;
        _timer = timer;
        _imageLength = imageLength;
        _trampoline = trampoline;
    }

    /// <summary>Starts all that ACPI names, on the CPU that booted, before anything else may need the memory. Says which do not come.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="timer">The CPUs' timers.</param>
    /// <param name="map">The boot map, for memory below 1 MiB.</param>
    /// <param name="imageLength">Bytes of the image that runs.</param>
    /// <returns>All CPUs there are, this one first.</returns>
    public static HostCpu[] StartAll(HostMachine machine, HostTimer timer, MemoryMap map, ulong imageLength)
    {
        if (machine.Acpi.InterruptControllers is not { ProcessorCount: > 1 } controllers)
            return [machine.Cpu];
        if (Trampoline.TryCreate(map, machine.Memory, machine.AddressSpace, machine.Features.FirmwareLimits) is not { } trampoline)
        {
            machine.Log.Warning("no memory below 1 MiB is free: the other CPUs cannot be started").End();
            return [machine.Cpu];
        }

        var starter = new ProcessorStarter(machine, timer, imageLength, trampoline);
        var cpus = new HostCpu[controllers.ProcessorCount];
        cpus[0] = machine.Cpu;
        // One that does not come keeps its number, so that a manifest's allowed-cpus mean the same CPUs at each start.
        int count = 1, number = 1;
        for (int i = 0; i < controllers.ProcessorCount; i++)
        {
            uint id = controllers.ApicId(i);
            if (id == machine.Apic.Id)
                continue;
            // More than are noted, and none of them this one: a machine of over 256.
            if (number == cpus.Length)
                break;
            trampoline.Deafen(number == 1 && machine.Parameters.Test.SequenceEqual("deaf-cpu"u8));
            string problem = starter.Start(number++, id);
            if (problem.Length == 0)
                cpus[count++] = starter._cpu!;
            else
                machine.Log.Warning("the CPU with the APIC ID ").Decimal(id).Text(" ").Text(problem).Text("; it is left out").End();
        }

        Array.Resize(ref cpus, count);
        return cpus;
    }

    // Empty, or why it does not run, in words behind "the CPU".
    private string Start(int index, uint id)
    {
        HostApic apic = _machine.Apic;
        if (!apic.CanReach(id))
            return "cannot be reached, as firmware has left the APICs in xAPIC mode";
        ulong stack = _machine.Stacks.Make(_machine.AddressSpace, MemoryPlan.CpuStackSize);
        _tables = DescriptorTables.TryCreate(_machine.Memory, _machine.AddressSpace, _machine.Stacks);
        if (stack == 0 || _tables == null)
            return "finds no memory for its stacks";
        var report = new FaultReport(_machine.Stacks, _imageLength);
        _cpu = new HostCpu(index, apic, id, _timer, Deadlines, _machine.Features.HasBranchBarrier, report);
        _tables.Assign(_cpu);
        _trampoline.SetStack(stack);
        s_starter = this;
        Volatile.Write(ref s_hasStarted, false);

        apic.SendInit(id);
        WaitFor(InitMilliseconds * _machine.TscFrequency / MillisecondsPerSecond);
        apic.SendStartup(id, _trampoline.Page);
        if (!WaitFor(StartupMicroseconds * _machine.TscFrequency / MicrosecondsPerSecond))
        {
            apic.SendStartup(id, _trampoline.Page);
            if (!WaitFor(MostMilliseconds * _machine.TscFrequency / MillisecondsPerSecond))
                return LeaveOut(id, "does not start");
        }

        // It is of use only if it can be reached.
        Volatile.Write(ref s_hasStarted, false);
        var answer = new Answer(_machine.Parameters.Test.SequenceEqual("other-tsc"u8));
        ulong asked = Instructions.ReadTimestamp();
        _cpu.Send(answer);
        if (!WaitFor(MostMilliseconds * _machine.TscFrequency / MillisecondsPerSecond))
            return LeaveOut(id, "does not answer to interrupts");
        // RDTSC would not wait for the answer to be read.
        Instructions.FenceMemory();
        ulong answered = Instructions.ReadTimestamp();
        // A VM is told that its vCPUs, wherever they are, have one TSC, and its clock is set here and read there.
        return answer.Tsc < asked || answer.Tsc > answered ? LeaveOut(id, "has another TSC than the first") : "";
    }

    // One that came up after all would run on what the next one is given.
    private string LeaveOut(uint id, string problem)
    {
        _machine.Apic.SendInit(id);
        return problem;
    }

    // True as soon as the CPU has started.
    private static bool WaitFor(ulong ticks)
    {
        ulong start = Instructions.ReadTimestamp();
        while (!Volatile.Read(ref s_hasStarted))
        {
            if (Instructions.ReadTimestamp() - start >= ticks)
                return false;
            Instructions.Pause();
        }

        return true;
    }

    // On the CPU that came up, on its own stack.
    [RuntimeExport("HostProcessorStarted")]
    private static void Started()
    {
        ProcessorStarter starter = s_starter!;
        ProcessorSetup.PrepareControlRegisters(starter._machine.Features);
        starter._tables!.Load();
        starter._machine.Apic.QuietThisCpu();
        starter._timer.StartOnThisCpu();
        HostCpu cpu = starter._cpu!;
        Volatile.Write(ref s_hasStarted, true);
        while (true)
            cpu.RunNext();
    }

    private sealed class Answer(bool fromAnotherTsc) : CpuWork
    {
        public ulong Tsc { get; private set; }

        public override void Run(Cpu cpu)
        {
            if (fromAnotherTsc) Instructions.WriteMsr(ModelSpecificRegister.Timestamp, 0);
            Tsc = Instructions.ReadTimestamp();
            Volatile.Write(ref s_hasStarted, true);
        }
    }
}
