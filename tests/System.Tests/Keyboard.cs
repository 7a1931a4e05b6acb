using System;
using System.Threading.Tasks;
using Lamina.QemuHarness;

namespace Lamina.SystemTests;

/// <summary>Typing at the VMs of a machine, which are named in their manifest's order.</summary>
internal sealed class Keyboard(EmulatedMachine machine, params string[] vms)
{
    private const char HostKey = '\u001D';

    /// <summary>Types a command at a VM's shell and waits for what it answers; returns the answer's end in the log.</summary>
    internal async Task<int> SayAsync(string vm, string command, string answer)
    {
        int from = machine.Log.Length;
        machine.Send($"{HostKey}{Array.IndexOf(vms, vm) + 1}");
        from = await machine.WaitForAsync($"console: {vm} has the keyboard", TestBed.GuestDeadline, from);
        machine.Send(command + "\n");
        return await machine.WaitForAsync(answer, TestBed.GuestDeadline, from);
    }

    /// <summary>Asks the hypervisor for the list of the VMs, and returns it.</summary>
    internal async Task<string> ListAsync()
    {
        int from = machine.Log.Length;
        machine.Send($"{HostKey}l");
        int to = await machine.WaitForAsync($"console {vms.Length}: {vms[^1]}, ", TestBed.GuestDeadline, from);
        to = await machine.WaitForAsync("\n", TestBed.GuestDeadline, to);
        return machine.Log[from..to];
    }
}
