using System;
using Lamina.Core;
using Lamina.Host;

namespace Lamina.Boot;

/// <summary>
/// Lets VMs live: starts each when those before it are ready, ends it, gives back what it held, starts it again as its restart policy says. Long work is done in steps between
/// turns: one VM's at a time, each step bounded.
/// </summary>
internal sealed class Supervisor : VmSupervisor
{
    private const ulong MillisecondsPerSecond = 1000;

    private readonly Log _log;
    private readonly Cpu _cpu;
    private readonly Scheduler _scheduler;
    private readonly VirtualMachineBuilder _builder;
    private readonly HostMemory _memory;
    private readonly ServiceVm[] _vms;
    private readonly VmLives _lives;
    private readonly Alarm _alarm;
    private readonly VmMover? _mover;
    private readonly ulong _tscFrequency;
    private readonly ulong _entryTimestamp;
    private bool _hasNews = true;
    private bool _isSwitchOffDue;
    private bool _saidAllReady;

    /// <summary>The supervisor of VMs that are built and wait for their start, on the first of the homes that they can have. The image was entered at <paramref name="entryTimestamp"/> of the CPU's TSC.</summary>
    public Supervisor(
        Log log, VmHome[] homes, VirtualMachineBuilder builder, HostMemory memory, ServiceVm[] vms, VmLives lives, ulong tscFrequency, ulong entryTimestamp)
    {
        _log = log;
        _cpu = homes[0].Cpu;
        _scheduler = homes[0].Scheduler;
        _builder = builder;
        _memory = memory;
        _vms = vms;
        _lives = lives;
        _tscFrequency = tscFrequency;
        _entryTimestamp = entryTimestamp;
        _alarm = new Alarm(this);
        foreach (var vm in vms) vm.Supervisor = this;
        if (homes.Length > 1) _mover = new VmMover(homes, vms, tscFrequency, this);
    }

    /// <inheritdoc/>
    public override bool IsDone(Cpu cpu) => cpu == _cpu && _lives.IsDone;

    /// <inheritdoc/>
    public override bool HasJob(Cpu cpu) => cpu == _cpu && _hasNews;

    /// <summary>How a VM is, for the list of them.</summary>
    public VmState StateOf(int vm) => _lives[vm];

    /// <summary>A VM's objects, while it lives, for the list of them: its home's CPU may be at work on them.</summary>
    public VirtualMachine? MachineOf(int vm) => _vms[vm].Machine;

    /// <summary>Ends all VMs, and with them the machine, as soon as the loop comes to it.</summary>
    public void SwitchOff()
    {
        _isSwitchOffDue = true;
        Wake();
    }

    /// <inheritdoc/>
    public override void NoteReady(VirtualMachine machine)
    {
        Find(machine)?.SayReady();
    }

    /// <inheritdoc/>
    public override void HandleStop(Cpu cpu, VirtualMachine machine, in VmExit exit)
    {
        if (cpu == _cpu) HandleStop(machine, exit);
        else Find(machine)?.Leave(cpu, exit);
    }

    private void HandleStop(VirtualMachine machine, in VmExit exit)
    {
        // It may have been built just now when it faulted.
        VmArena.Leave();
        if (Find(machine) is not { } vm) return;
        if (vm.IsGiven)
        {
            vm.Leave(_cpu, exit);
            vm.CallBack();
        }
        // What of it lives elsewhere comes back in a while.
        if (!vm.IsGiven) Stopped(vm, exit);
    }

    /// <summary>A VM is back that asked to stop, or must.</summary>
    private void Stopped(ServiceVm vm, in VmExit exit)
    {
        ulong now = _cpu.ReadTsc();
        NoteReady(vm, now);
        var machine = vm.Machine!;
        var reason = machine.StopRequest;
        bool failed = reason is not (VmStopReason.PowerOff or VmStopReason.Reset);
        if (failed) VmReport.Write(_log, machine, reason, exit);
        else _log.Info(vm.Name).Text(reason == VmStopReason.Reset ? ": reset by its guest" : ": powered off by its guest").End();
        VmReport.WriteCounters(_log, machine, now);
        vm.Devices?.WriteCounters(_log);
        machine.ClearStopRequest();

        if (reason == VmStopReason.Reset)
        {
            if (_lives.NoteReset(vm.Index, now))
            {
                vm.IsResetDue = true;
                Wake();
                return;
            }
            _log.Error(vm.Name).Text(": has done nothing but reset itself within a second of its start, ").Decimal(VmLives.MostEarlyResets)
                .Text(" times: it has failed").End();
            failed = true;
        }
        Stop(vm, failed, now);
    }

    /// <inheritdoc/>
    public override void Work()
    {
        ulong now = _cpu.ReadTsc();
        _hasNews = DoOneStep(now);
        if (_hasNews) return;
        ulong earliest = _lives.Earliest;
        if (earliest == ulong.MaxValue) _cpu.Deadlines.Withdraw(_alarm);
        else _cpu.Arm(_alarm, earliest);
    }

    // One step of what there is to do, the cheapest first; false when there is nothing.
    private bool DoOneStep(ulong now)
    {
        if (_isSwitchOffDue)
        {
            _isSwitchOffDue = false;
            _lives.SwitchOff();
            foreach (var vm in _vms)
                if (_lives.IsAlive(vm.Index)) Stop(vm, failed: false, now);
            return true;
        }
        foreach (var vm in _vms)
            if (NoteReady(vm, now)) return true;
        foreach (var vm in _vms)
            if (vm.TryTakeBack())
            {
                TakeUp(vm);
                return true;
            }
        if (_lives.FindHopeless(out int lost) is >= 0 and int hopeless)
        {
            _log.Error(_vms[hopeless].Name).Text(": is not started, as it comes after ").Text(_vms[lost].Name).Text(", which has ended").End();
            _lives.GiveUp(hopeless);
            // It was built at boot, and has not run.
            Discard(_vms[hopeless]);
            return true;
        }
        if (_lives.FindStartable() is >= 0 and int startable)
        {
            Start(_vms[startable], now);
            return true;
        }
        if (_lives.FindDue(now) is >= 0 and int due)
        {
            if (_lives[due] == VmState.BackingOff) Build(_vms[due], now);
            else FailLate(_vms[due], now);
            return true;
        }
        foreach (var vm in _vms)
            if (vm.IsResetDue)
            {
                Reset(vm);
                return true;
            }
        foreach (var vm in _vms)
            if (_lives[vm.Index] == VmState.Ending && !vm.IsGiven)
            {
                End(vm, now);
                return true;
            }
        foreach (var vm in _vms)
            if (_lives[vm.Index] == VmState.Starting)
            {
                GoOnBuilding(vm, now);
                return true;
            }
        if (_mover is not null && _mover.TryFind(now, out var part, out var home))
        {
            part!.SendTo(home!);
            part.Vm.CallBack();
            if (!part.Vm.IsGiven) TakeUp(part.Vm);
            return true;
        }
        return false;
    }

    /// <summary>All of a VM is back. If it was called, it is to end, and why is known, or to go on elsewhere; but it may have found a reason of its own meanwhile.</summary>
    private void TakeUp(ServiceVm vm)
    {
        if (_lives[vm.Index] == VmState.Ending) vm.Detach();
        else if (vm.Machine!.CanGoOn) GoOn(vm);
        else Stopped(vm, vm.LastExit);
    }

    /// <summary>A VM is back that was called to go on elsewhere, as it is.</summary>
    private void GoOn(ServiceVm vm)
    {
        vm.Machine!.ClearStopRequest();
        vm.Give();
        var line = _log.Debug(vm.Name).Text(": goes on");
        vm.WriteHomes(line);
        line.End();
    }

    /// <summary>A VM's guest has said that it is ready: those after it may start, though it ends at once. False when it has not, or that is no news.</summary>
    private bool NoteReady(ServiceVm vm, ulong now)
    {
        if (!vm.TakeReady() || !_lives.NoteReady(vm.Index)) return false;
        _log.Info(vm.Name).Text(": ready").End();
        SayWhenAllAreReady(now);
        return true;
    }

    /// <summary>Says once how long the whole start took.</summary>
    private void SayWhenAllAreReady(ulong now)
    {
        if (_saidAllReady || !_lives.AreAllReady) return;
        _saidAllReady = true;
        _log.Info("all VMs are ready ").Decimal(now - _entryTimestamp).Text(" ticks after entry").End();
    }

    private void Start(ServiceVm vm, ulong now)
    {
        _lives.Start(vm.Index, now);
        _log.Debug(vm.Name).Text(": starts").End();
        vm.Machine!.Supervisor = this;
        vm.Give();
    }

    /// <summary>The first step of building a VM anew.</summary>
    private void Build(ServiceVm vm, ulong now)
    {
        _lives.Build(vm.Index);
        string problem = _builder.Reserve(vm);
        if (problem.Length != 0) FailStart(vm, problem, now);
    }

    private void GoOnBuilding(ServiceVm vm, ulong now)
    {
        if (_builder.ClearSome(vm)) return;
        string problem = _builder.Complete(vm);
        if (problem.Length != 0)
        {
            FailStart(vm, problem, now);
            return;
        }
        Start(vm, now);
        _log.Info(vm.Name).Text(": started again").End();
    }

    private void FailStart(ServiceVm vm, string problem, ulong now)
    {
        _log.Error(vm.Name).Text(": cannot be started again: ").Text(problem).End();
        Stop(vm, failed: true, now);
    }

    private void FailLate(ServiceVm vm, ulong now)
    {
        _log.Error(vm.Name).Text(": has not said that it is ready within ").Decimal((ulong)vm.Description.ReadyWithinMilliseconds).Text(" ms: it has failed").End();
        Stop(vm, failed: true, now);
    }

    /// <summary>A guest's own reset: it starts over in place, on the memory as it is.</summary>
    private void Reset(ServiceVm vm)
    {
        vm.IsResetDue = false;
        var machine = vm.Machine!;
        _cpu.LoadAddressSpace(machine.HostRoot);
        // From here on it is its own devices that work: a fault is its own.
        _cpu.Guard.Served = machine;
        ulong start = _cpu.ReadTsc();
        string problem = vm.PowerOn();
        // A guest that starts over again and again does so in its own time.
        vm.Home.Scheduler.Charge(machine.Vcpus[0], _cpu.ReadTsc() - start);
        _cpu.Guard.Served = null;
        if (problem.Length != 0)
        {
            FailStart(vm, problem, _cpu.ReadTsc());
            return;
        }
        vm.Give();
        _log.Info(vm.Name).Text(": started again").End();
    }

    private void Stop(ServiceVm vm, bool failed, ulong now)
    {
        _lives.Stop(vm.Index, failed, now);
        if (vm.IsGiven) vm.CallBack();
        if (!vm.IsGiven) vm.Detach();
        Wake();
    }

    /// <summary>A step of giving back what a VM held: its RAM is cleared, then all goes.</summary>
    private void End(ServiceVm vm, ulong now)
    {
        if (vm.Ram is not null && _builder.ClearSome(vm)) return;
        _builder.Free(vm);
        _lives.Free(vm.Index, now);
        _log.Debug(vm.Name).Text(": gone; free for guests ").Decimal(_memory.AvailableGuestRam).Text(" bytes, the hypervisor's own ")
            .Decimal(_memory.OwnBytes).Text(", of which free ").Decimal(_memory.SpareBytes).End();
        switch (_lives[vm.Index])
        {
            case VmState.Failed:
                _log.Error(vm.Name).Text(": ended").End();
                break;
            case VmState.BackingOff when _lives.PauseOf(vm.Index) != 0:
                _log.Info(vm.Name).Text(": is started again in ").Decimal(_lives.PauseOf(vm.Index) / (_tscFrequency / MillisecondsPerSecond)).Text(" ms").End();
                break;
        }
    }

    private void Discard(ServiceVm vm)
    {
        vm.Detach();
        _builder.Free(vm);
    }

    /// <summary>There is something to do between turns. By its CPU.</summary>
    internal void Wake()
    {
        _hasNews = true;
        _scheduler.Interrupt();
    }

    private ServiceVm? Find(VirtualMachine machine)
    {
        foreach (var vm in _vms)
            if (vm.Machine == machine) return vm;
        return null;
    }

    private sealed class Alarm(Supervisor supervisor) : Deadline
    {
        public override void Expire(ulong now) => supervisor.Wake();
    }
}
