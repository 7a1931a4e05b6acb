using System;
using Lamina.Core;
using Lamina.Host;

namespace Lamina.Boot;

/// <summary>What becomes of VMs that stop: a guest's reset starts it anew, its power-off ends it, a failure is reported and then follows the restart policy.</summary>
internal sealed class Supervisor(Log log, ServiceVm[] vms) : VmSupervisor
{
    private const int MostShortLives = 16;

    /// <inheritdoc/>
    public override bool IsDone
    {
        get
        {
            foreach (var vm in vms)
                foreach (var vcpu in vm.Machine.Vcpus)
                    if (vcpu.Activity != VcpuActivity.Stopped) return false;
            return true;
        }
    }

    /// <inheritdoc/>
    public override void HandleStop(VirtualMachine machine, in VmExit exit)
    {
        var vm = Find(machine);
        var reason = machine.StopRequest;
        machine.ClearStopRequest();
        bool failed = reason is not (VmStopReason.PowerOff or VmStopReason.Reset);
        if (failed) VmReport.Write(log, machine, reason, exit);
        else log.Info(machine.Name).Text(reason == VmStopReason.Reset ? ": reset by its guest" : ": powered off by its guest").End();
        VmReport.WriteCounters(log, machine);

        bool again = reason == VmStopReason.Reset || vm.Restart == RestartPolicy.Always || (failed && vm.Restart == RestartPolicy.OnFailure);
        vm.NoteStop();
        if (again && vm.ShortLives > MostShortLives)
        {
            log.Error(machine.Name).Text(": not started again: it has stopped ").Decimal((ulong)vm.ShortLives)
                .Text(" times within a second of its start").End();
            again = false;
        }
        if (!again)
        {
            vm.Stop();
            vm.Console.Detach();
            if (failed) log.Error(machine.Name).Text(": ended").End();
            return;
        }

        string problem = vm.Start();
        if (problem.Length == 0) log.Info(machine.Name).Text(": started again").End();
        else
        {
            vm.Console.Detach();
            log.Error(machine.Name).Text(": cannot be started again: ").Text(problem).End();
        }
    }

    private ServiceVm Find(VirtualMachine machine)
    {
        foreach (var vm in vms)
            if (vm.Machine == machine) return vm;
        throw new InvalidOperationException("a VM that nobody built");
    }
}
