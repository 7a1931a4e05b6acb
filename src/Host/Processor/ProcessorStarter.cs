using System;
using System.Runtime;
using System.Threading;

namespace Lamina.Host;

/// <summary>
/// Starts the machine's other CPUs, one after the other: INIT, then a start-up message or two (Intel SDM vol. 3, 9.4.4.1; AMD APM vol. 2, 16.5). Each comes up on stacks and
/// descriptor tables of its own, in the host's page tables, and halts there: nothing of firmware's is under it any more, and there is no work for it yet.
/// </summary>
public sealed unsafe class ProcessorStarter
{
    private const ulong MillisecondsPerSecond = 1_000, MicrosecondsPerSecond = 1_000_000;

    // As the manuals have it. A CPU that is there takes some microseconds, in an emulator on a busy machine some seconds.
    private const ulong InitMilliseconds = 10, StartupMicroseconds = 200, MostMilliseconds = 1_000;

    // What the CPU that comes up finds: one at a time does.
    private static ProcessorStarter? s_starter;
    private static bool s_hasStarted;

    private readonly HostMachine _machine;
    private readonly Trampoline _trampoline;
    private DescriptorTables? _tables;

    private ProcessorStarter(HostMachine machine, Trampoline trampoline)
    {
        _machine = machine;
        _trampoline = trampoline;
    }

    /// <summary>Starts all that ACPI names, on the CPU that booted, before anything else may need the memory. Says which do not come.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="map">The boot map, for memory below 1 MiB.</param>
    /// <returns>How many CPUs there are, this one included.</returns>
    public static int StartAll(HostMachine machine, MemoryMap map)
    {
        if (machine.Acpi.InterruptControllers is not { ProcessorCount: > 1 } controllers)
            return 1;
        if (Trampoline.TryCreate(map, machine.Memory, machine.AddressSpace, machine.Features.FirmwareLimits) is not { } trampoline)
        {
            machine.Log.Warning("no memory below 1 MiB is free: the other CPUs cannot be started").End();
            return 1;
        }

        var starter = new ProcessorStarter(machine, trampoline);
        int count = 1;
        for (int i = 0; i < controllers.ProcessorCount; i++)
        {
            uint id = controllers.ApicId(i);
            if (id == machine.Apic.Id)
                continue;
            if (i == controllers.ProcessorCount - 1 && machine.Parameters.Test.SequenceEqual("deaf-cpu"u8))
                trampoline.Deafen();
            string problem = starter.Start(id);
            if (problem.Length == 0)
                count++;
            else
                machine.Log.Warning("the CPU with the APIC ID ").Decimal(id).Text(" ").Text(problem).Text("; it is left out").End();
        }

        return count;
    }

    // Empty, or why it does not run, in words behind "the CPU".
    private string Start(uint id)
    {
        HostApic apic = _machine.Apic;
        if (!apic.CanReach(id))
            return "cannot be reached, as firmware has left the APICs in xAPIC mode";
        ulong stack = _machine.Stacks.Make(_machine.AddressSpace, MemoryPlan.CpuStackSize);
        _tables = DescriptorTables.TryCreate(_machine.Memory, _machine.AddressSpace, _machine.Stacks);
        if (stack == 0 || _tables == null)
            return "finds no memory for its stacks";
        _trampoline.SetStack(stack);
        s_starter = this;
        Volatile.Write(ref s_hasStarted, false);

        apic.SendInit(id);
        WaitFor(InitMilliseconds * _machine.TscFrequency / MillisecondsPerSecond);
        apic.SendStartup(id, _trampoline.Page);
        if (WaitFor(StartupMicroseconds * _machine.TscFrequency / MicrosecondsPerSecond))
            return "";
        apic.SendStartup(id, _trampoline.Page);
        if (WaitFor(MostMilliseconds * _machine.TscFrequency / MillisecondsPerSecond))
            return "";
        // One that came up after all would run on what the next one is given.
        apic.SendInit(id);
        return "does not start";
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
        Volatile.Write(ref s_hasStarted, true);
        Instructions.Halt();
    }
}
