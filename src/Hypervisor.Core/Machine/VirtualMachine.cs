using System.Runtime.CompilerServices;
using System.Threading;

namespace Lamina.Core;

/// <summary>
/// A virtual machine: memory, vCPUs, buses and devices. Built at boot from the manifest. One CPU has its devices and all that is done for them; its vCPUs may run on others.
/// </summary>
public sealed class VirtualMachine(
    string name, Cpu cpu, GuestMemory memory, GuestAddressSpace addressSpace, GuestClock clock, GuestCpuid cpuid, ulong hostRoot) : MachineControl
{
    private VmWork? _firstWork, _firstForNextTurn;
    private VmWork? _lastWork;
    private VmEnding? _firstEnding;
    private int _stopRequest;

    /// <summary>Its name in the manifest.</summary>
    public string Name { get; } = name;

    /// <summary>The CPU that has its devices, and runs its vCPU 0.</summary>
    public Cpu Cpu { get; private set; } = cpu;

    /// <summary>Its RAM.</summary>
    public GuestMemory Memory { get; } = memory;

    /// <summary>Its second-level translation.</summary>
    public GuestAddressSpace AddressSpace { get; } = addressSpace;

    /// <summary>Its time.</summary>
    public GuestClock Clock { get; } = clock;

    /// <summary>Its I/O ports.</summary>
    public PortBus Ports { get; } = new();

    /// <summary>Its memory-mapped devices; the local APICs' page is handled before it is asked.</summary>
    public MemoryBus Mmio { get; } = new();

    /// <summary>What CPUID tells its vCPUs.</summary>
    public GuestCpuid Cpuid { get; } = cpuid;

    /// <summary>HPA of the host's root table in which this VM's RAM is mapped.</summary>
    public ulong HostRoot { get; } = hostRoot;

    /// <summary>What it has of Hyper-V's interface.</summary>
    public HyperVPartition HyperV { get; } = new();

    /// <summary>What its devices counted; its exits each vCPU counts.</summary>
    public DeviceCounters Counters { get; } = new();

    /// <summary>How long its vCPUs have had a CPU, all together, until now: ticks of the TSC. On any CPU; how exact that is, is said at <see cref="CpuShare.UsedAt"/>.</summary>
    public ulong UsedTicksAt(ulong now)
    {
        ulong ticks = 0;
        foreach (var vcpu in Vcpus) ticks += vcpu.Share.UsedAt(now);
        return ticks;
    }

    /// <summary>How long its vCPUs could have run but waited for a CPU, all together, until now; as <see cref="UsedTicksAt"/>.</summary>
    public ulong StolenTicksAt(ulong now)
    {
        ulong ticks = 0;
        foreach (var vcpu in Vcpus) ticks += vcpu.Share.StolenAt(now);
        return ticks;
    }

    /// <summary>Its vCPUs; set once, when the VM is built.</summary>
    public VirtualCpu[] Vcpus { get; private set; } = [];

    /// <summary>What joins its interrupt controllers; set once, with the vCPUs.</summary>
    public InterruptBus Interrupts { get; private set; } = new([]);

    /// <summary>What was asked for and takes effect when the exit has been handled.</summary>
    public VmStopReason StopRequest => (VmStopReason)Volatile.Read(ref _stopRequest);

    /// <summary>Whether its clock runs since its last power-on or reset.</summary>
    public bool IsClockStarted { get; private set; }

    /// <summary>Its first turn begins: its clock and every vCPU's TSC are 0 now; those of the others follow as they are started. By the loop that runs vCPU 0.</summary>
    public void StartClock()
    {
        IsClockStarted = true;
        Clock.Restart();
        Vcpus[0].State.TscOffset = Clock.Offset;
    }

    /// <summary>The VM was put into its power-on state: its clock starts anew with its next turn.</summary>
    public void StopClock() => IsClockStarted = false;

    /// <summary>Gives the VM its vCPUs: called once, when it is built.</summary>
    public void Attach(VirtualCpu[] vcpus)
    {
        Vcpus = vcpus;
        Clock.Owner = this;
        Interrupts = new InterruptBus(vcpus);
    }

    /// <summary>Its devices are on another CPU from now on. By the supervisor, while none of its vCPUs is at home on any; it assigns all of them anew (<see cref="VirtualCpu.Cpu"/>) after this.</summary>
    public void MoveTo(Cpu cpu)
    {
        Cpu = cpu;
        Clock.MoveTo(cpu);
    }

    /// <summary>
    /// It has come home: what its vCPUs on other CPUs had for its devices, or for one another, while it was not, is looked at. By the CPU that has its devices.
    /// </summary>
    public void LookAgain()
    {
        foreach (var vcpu in Vcpus)
        {
            if (!vcpu.IsAway) continue;
            vcpu.Requests.LookAgain();
            vcpu.Cpu.Send(vcpu.Inbox);
        }
    }

    /// <summary>Whether it is at home: the CPU that has its devices runs its vCPU 0, or may. Not while it is built, reset or ended, when nothing of it is sent anywhere.</summary>
    public bool IsAtHome => Vcpus[0].IsScheduled;

    /// <summary>Whether work waits for the VM's next entry.</summary>
    public bool HasWork => _firstWork is not null;

    /// <summary>
    /// Has <paramref name="work"/> done before the VM's next entry, and wakes a VM that is halted for it. Nothing changes when it waits already. By the CPU that runs the VM,
    /// in whosever turn.
    /// </summary>
    public void Post(VmWork work)
    {
        if (!work.IsPosted)
        {
            work.IsPosted = true;
            if (_lastWork is null) _firstWork = work;
            else _lastWork.Next = work;
            _lastWork = work;
        }
        Vcpus[0].Kick();
    }

    /// <summary>
    /// Has <paramref name="work"/> done in the VM's next turn: what others cause is then a stated part of a turn, however long that is. A VM that halts has its next turn at once. As
    /// <see cref="Post"/>, by the CPU that runs the VM.
    /// </summary>
    public void PostForNextTurn(VmWork work)
    {
        if (work.IsPosted) return;
        work.IsPosted = true;
        work.Next = _firstForNextTurn;
        _firstForNextTurn = work;
        // A VM that is alone on its CPU may never halt.
        Vcpus[0].Scheduler?.BoundTurn();
    }

    /// <summary>Whether work waits, for the next entry or for the next turn.</summary>
    public bool HasAnyWork => _firstWork is not null || _firstForNextTurn is not null;

    /// <summary>Whether its vCPU 0 could run and waits for its turn.</summary>
    public bool WaitsForCpu => Vcpus[0].Share.WaitingSince != 0;

    /// <summary>Counts the turns of vCPU 0.</summary>
    public ulong Turn { get; private set; }

    /// <summary>Its turn begins. By the CPU that runs the VM.</summary>
    public void BeginTurn()
    {
        Turn++;
        while (_firstForNextTurn is { } work)
        {
            _firstForNextTurn = work.Next;
            work.Next = null;
            work.IsPosted = false;
            Post(work);
        }
    }

    /// <summary>
    /// Does what waits now, <see cref="MostWorkAtOnce"/> at most; the rest, and what is posted meanwhile, waits for the next time. The VM's host table must be loaded.
    /// </summary>
    public void DoWork()
    {
        var last = _lastWork;
        for (int left = MostWorkAtOnce; left > 0 && _firstWork is { } work; left--)
        {
            _firstWork = work.Next;
            if (_firstWork is null) _lastWork = null;
            work.Next = null;
            work.RunOnce();
            if (work == last) break;
        }
        if (HasWork) Vcpus[0].Kick();
    }

    /// <summary>How much work is done before one entry: each is bounded by itself, but a VM can have a hundred queues, and no interrupt is taken meanwhile.</summary>
    public const int MostWorkAtOnce = 8;

    /// <summary>Who is told that it is ready; null where nobody waits for it.</summary>
    public VmSupervisor? Supervisor { get; set; }

    /// <summary>Its guest says that it is ready, so that those that come after it may start. On the exit way.</summary>
    public void SayReady() => Supervisor?.NoteReady(this);

    /// <summary>Has something put right outside of the VM when it is over; called when it is built.</summary>
    public void AtEnd(VmEnding ending)
    {
        ending.Next = _firstEnding;
        _firstEnding = ending;
    }

    /// <summary>It is over, and nothing outside may lead to its objects any longer. By the supervisor, once.</summary>
    public void End()
    {
        for (var ending = _firstEnding; ending is not null; ending = ending.Next) ending.Ended();
        _firstEnding = null;
    }

    /// <inheritdoc/>
    public override void PowerOff() => RequestStop(VmStopReason.PowerOff);

    /// <inheritdoc/>
    public override void Reset() => RequestStop(VmStopReason.Reset);

    /// <summary>
    /// The VM is to end or to start again, for a reason; the first reason counts, more than that it was called back. By any CPU that has one of its vCPUs, on account of an exit of <paramref name="by"/>; null where a device or the
    /// supervisor asks.
    /// </summary>
    // By itself, so that the exit way saves no register for it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void RequestStop(VmStopReason reason, VirtualCpu? by = null)
    {
        if (TryReplace(VmStopReason.None, reason) || TryReplace(VmStopReason.CalledBack, reason)) StoppedBy = by;
    }

    /// <summary>What of it has its turn on this CPU just now gives it back, and goes to the supervisor. No reason to stop is lost by it. By any CPU that has one of its vCPUs.</summary>
    public void CallBack() => TryReplace(VmStopReason.None, VmStopReason.CalledBack);

    /// <summary>Whether it has no reason of its own to stop: it can go on as it is.</summary>
    public bool CanGoOn => StopRequest is VmStopReason.None or VmStopReason.CalledBack;

    private bool TryReplace(VmStopReason before, VmStopReason reason) => Interlocked.CompareExchange(ref _stopRequest, (int)reason, (int)before) == (int)before;

    /// <summary>Whose exit led to <see cref="StopRequest"/>; null where it was a device that asked, or nobody.</summary>
    public VirtualCpu? StoppedBy { get; private set; }

    /// <summary>A fault of our own code met its work: it ends, whatever else was asked for.</summary>
    public void Fail()
    {
        HasFaulted = true;
        Volatile.Write(ref _stopRequest, (int)VmStopReason.HypervisorFault);
    }

    /// <summary>Whether a fault of our own code met its work: what it shares with others may be half-written.</summary>
    public bool HasFaulted { get; private set; }

    /// <summary>The request has been dealt with.</summary>
    public void ClearStopRequest()
    {
        StoppedBy = null;
        Volatile.Write(ref _stopRequest, (int)VmStopReason.None);
    }
}
