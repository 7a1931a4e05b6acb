using System;
using Lamina.Core;

namespace Lamina.Boot;

/// <summary>
/// Gives an idle CPU something of what waits at a crowded one. The crowded CPU asks for it, as it alone is at work: it sees that another is idle, and tells the supervisor, which looks for itself who waits and moves
/// one VM, or the part of it that is there. Whoever cannot be helped now asks again, as long as the CPU is crowded; nothing polls. Only where VMs can live on several CPUs.
/// <para>The rule: <see cref="NoteCrowd"/> is for any CPU, all else is the supervisor's. What that reads of other CPUs' schedulers and shares is a moment old: a wrong guess costs a move.</para>
/// </summary>
internal sealed class VmMover : CrowdWatch
{
    private readonly VmHome[] _homes;
    private readonly int _homeCount;
    private readonly ServiceVm[] _vms;
    private readonly MoveRules _rules;
    private readonly VmHome _first;
    private readonly Supervisor _supervisor;
    private readonly Request _request;
    private readonly VmPart[] _parts;
    private readonly WaitingPart[] _waiting;
    private bool _isAsked;

    /// <summary>Makes it and has the schedulers tell it, at boot. <paramref name="supervisor"/> is woken, and then calls <see cref="TryFind"/>.</summary>
    public VmMover(VmHome[] homes, ServiceVm[] vms, ulong tscFrequency, Supervisor supervisor)
    {
        _vms = vms;
        _rules = new MoveRules(vms.Length, tscFrequency);
        _first = homes[0];
        _supervisor = supervisor;
        _request = new Request(this);
        int parts = 0;
        foreach (var vm in vms) parts += vm.Parts.Length;
        _parts = new VmPart[parts];
        _waiting = new WaitingPart[parts];
        var cpus = new int[homes.Length];
        for (int i = 0; i < homes.Length; i++) cpus[i] = homes[i].Cpu.Index;
        var allowed = new CpuSet[vms.Length];
        for (int i = 0; i < vms.Length; i++) allowed[i] = vms[i].Description.AllowedCpus;
        _homes = new VmHome[homes.Length];
        foreach (var home in homes)
        {
            // Of one that nobody watches it is not said that it is crowded, or idle.
            if (!MoveRules.CanMoveFrom(home.Cpu.Index, cpus, allowed)) continue;
            home.Scheduler.Watch = this;
            _homes[_homeCount++] = home;
        }
    }

    /// <summary>Those from and to which VMs may move.</summary>
    private ReadOnlySpan<VmHome> Homes => _homes.AsSpan(0, _homeCount);

    /// <inheritdoc/>
    public override void NoteCrowd(Scheduler scheduler, ulong now)
    {
        foreach (var home in Homes)
        {
            if (!home.Scheduler.IsIdleAt(now)) continue;
            if (scheduler == _first.Scheduler) Ask();
            else _first.Cpu.Send(_request);
            return;
        }
    }

    /// <summary>What is to be moved, and where to, if anybody has asked and anything is.</summary>
    public bool TryFind(ulong now, out VmPart? part, out VmHome? home)
    {
        part = null;
        home = null;
        bool isAsked = _isAsked;
        _isAsked = false;
        if (!isAsked || !_rules.IsTime(now)) return false;
        foreach (var idle in Homes)
        {
            if (!idle.Scheduler.IsIdleAt(now)) continue;
            int found = _rules.Choose(_waiting.AsSpan(0, CollectFor(idle)), idle.Cpu.Index, now);
            if (found < 0) continue;
            part = _parts[found];
            home = idle;
            _rules.Note(part.Vm.Index, now);
            return true;
        }
        return false;
    }

    /// <summary>
    /// Collects what waits at a crowded home, or has its turn there, and has nothing of its VM at the idle one yet, and says how much. Who has his turn goes too: he may be the only one who is allowed to, and it may be
    /// his turn whenever the others' wait is told of, as both come once in so many slices.
    /// </summary>
    private int CollectFor(VmHome home)
    {
        int count = 0;
        foreach (var vm in _vms)
        {
            // One that is on its way back may be about to end.
            if (!vm.IsGivenWhole || vm.LivesAt(home)) continue;
            foreach (var part in vm.Parts)
            {
                if (!part.Home.Scheduler.IsCrowded || part.WantsSince is not (> 0 and ulong since)) continue;
                _parts[count] = part;
                _waiting[count++] = new WaitingPart(vm.Index, since, vm.Description.AllowedCpus);
            }
        }
        return count;
    }

    private void Ask()
    {
        _isAsked = true;
        _supervisor.Wake();
    }

    /// <summary>From another CPU to the supervisor's: it is crowded.</summary>
    private sealed class Request(VmMover mover) : CpuWork
    {
        public override void Run(Cpu cpu) => mover.Ask();
    }
}
