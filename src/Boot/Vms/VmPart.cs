using Lamina.Core;

namespace Lamina.Boot;

/// <summary>
/// The vCPUs of a VM that live on one CPU, made at boot for good: the first part of a VM has its vCPU 0 and its devices. The supervisor gives it to its home, where that CPU alone touches it, and gets it back; between
/// the two everything goes by mail, unless the home is the supervisor's own CPU. It comes back as it is: what its vCPUs were about, and what is due when. So it can go on where it was, or at another home.
/// <para>
/// A part that was given comes back once, by itself or because it was called back, and is then flushed: a mail goes to its home and returns, behind all that others had sent there. So
/// when that has come nothing of this life of the VM is under way any more.
/// </para>
/// </summary>
internal sealed class VmPart
{
    private readonly Cpu _first;
    private readonly Errand _take, _callBack, _return, _flush, _flushed;
    private VmExit _lastExit;
    private State _state;
    private bool _isCalledBack;
    private Deadline? _due;
    private VmHome? _nextHome;

    /// <summary>Of <paramref name="vm"/>, what lives at <paramref name="home"/>: the vCPUs of these numbers. <paramref name="first"/> is the supervisor's CPU.</summary>
    public VmPart(ServiceVm vm, VmHome home, int[] vcpus, Cpu first)
    {
        Vm = vm;
        Home = home;
        Vcpus = vcpus;
        _first = first;
        _take = new Errand(this, ErrandKind.Take);
        _callBack = new Errand(this, ErrandKind.CallBack);
        _return = new Errand(this, ErrandKind.Return);
        _flush = new Errand(this, ErrandKind.Flush);
        _flushed = new Errand(this, ErrandKind.Flushed);
    }

    /// <summary>The VM.</summary>
    public ServiceVm Vm { get; }

    /// <summary>Where it lives. The supervisor's CPU alone changes it, while it is there.</summary>
    public VmHome Home { get; private set; }

    /// <summary>Which of the VM's vCPUs it has.</summary>
    public int[] Vcpus { get; }

    /// <summary>Whether it has the VM's devices.</summary>
    public bool HasDevices => Vm.Parts[0] == this;

    /// <summary>Whether it is there. Its home's CPU alone changes it.</summary>
    public bool IsAtHome { get; set; }

    /// <summary>Whether it was given to its home and has not come back. The supervisor's alone.</summary>
    public bool IsGiven => _state == State.Given;

    /// <summary>Whether it is at its home, or going to be, and is not wanted back. The supervisor's alone.</summary>
    public bool IsGivenForLong => IsGiven && !_isCalledBack;

    /// <summary>
    /// Since when that of its vCPUs waits for its turn that waits longest, or else has it, in ticks of the TSC; 0 when none wants it. By the supervisor, and a moment old.
    /// </summary>
    public ulong WantsSince
    {
        get
        {
            ulong earliest = 0;
            foreach (int vcpu in Vcpus)
            {
                ulong since = Vm.Machine!.Vcpus[vcpu].Share.WantsSince;
                if (since != 0 && (earliest == 0 || since < earliest)) earliest = since;
            }
            return earliest;
        }
    }

    /// <summary>Whether nothing of it, and nothing that was sent to its home for it, is anywhere but with the supervisor. The supervisor's alone.</summary>
    public bool IsBack => _state == State.Back;

    /// <summary>The exit before its end, once it has come back by itself.</summary>
    public ref readonly VmExit LastExit => ref _lastExit;

    /// <summary>By the supervisor: when it is given the next time, it is to another home.</summary>
    public void SendTo(VmHome home) => _nextHome = home;

    /// <summary>By the supervisor, while nothing of its VM is anywhere else: it belongs to its next home from now on. False when that is the one that it had.</summary>
    public bool TryMove()
    {
        if (_nextHome is not { } home) return false;
        Home = home;
        _nextHome = null;
        return true;
    }

    /// <summary>By its home's CPU, as it leaves: what was due there is due at its next home. All of it is the VM's own.</summary>
    public void Keep(Deadline? due) => _due = due;

    /// <summary>By the supervisor: it does not go on from where it was. Nothing is due any more, and where it was to go is not where it is to go now.</summary>
    public void Forget()
    {
        _due = null;
        _nextHome = null;
    }

    /// <summary>What was due when it left its last home, which is asked for once. By its home's CPU.</summary>
    public Deadline? TakeDue()
    {
        var due = _due;
        _due = null;
        return due;
    }

    /// <summary>By the supervisor: it runs from now on, and is touched by its home's CPU alone until it comes back.</summary>
    public void Give()
    {
        _state = State.Given;
        _isCalledBack = false;
        _lastExit = default;
        if (Home.IsFirst)
        {
            Home.Take(this);
            return;
        }
        foreach (int vcpu in Vcpus) Vm.Machine!.Vcpus[vcpu].State.Leave();
        Home.Cpu.Send(_take);
    }

    /// <summary>By the supervisor: it is to come back. From the supervisor's own CPU it is back at once.</summary>
    public void CallBack()
    {
        if (!IsGiven || _isCalledBack) return;
        _isCalledBack = true;
        if (Home.IsFirst) Leave(default);
        else Home.Cpu.Send(_callBack);
    }

    /// <summary>By the supervisor, when no part of the VM is given any more: has what was sent to its home since done, or found to be too late.</summary>
    public void Flush()
    {
        if (_state != State.Returned) return;
        _state = State.Flushing;
        Home.Cpu.Send(_flush);
    }

    /// <summary>By its home's CPU: it leaves, after the exit that is given, and goes back to the supervisor.</summary>
    public void Leave(in VmExit exit)
    {
        if (!IsAtHome) return;
        _lastExit = exit;
        Home.Release(this);
        if (Home.IsFirst) _state = State.Back;
        else _first.Send(_return);
    }

    private enum State : byte
    {
        /// <summary>The supervisor has it.</summary>
        Back,
        /// <summary>Its home has it, or is going to.</summary>
        Given,
        /// <summary>Its home has let go of it. Whatever its home sent before has been done.</summary>
        Returned,
        /// <summary>What others had sent to its home is not done for certain.</summary>
        Flushing,
    }

    private void NoteReturn()
    {
        _state = State.Returned;
        Vm.Supervisor!.Wake();
    }

    private void NoteFlush()
    {
        _state = State.Back;
        foreach (int vcpu in Vcpus) Vm.Machine!.Vcpus[vcpu].State.Adopt(_first);
        Vm.Supervisor!.Wake();
    }

    private enum ErrandKind : byte
    {
        /// <summary>To its home: it comes.</summary>
        Take,
        /// <summary>To its home: it is wanted back.</summary>
        CallBack,
        /// <summary>To the supervisor: it is back.</summary>
        Return,
        /// <summary>To its home: is everything done that was sent?</summary>
        Flush,
        /// <summary>To the supervisor: it is.</summary>
        Flushed,
    }

    /// <summary>What is sent between its home's CPU and the supervisor's.</summary>
    private sealed class Errand(VmPart part, ErrandKind kind) : CpuWork
    {
        public override void Run(Cpu cpu)
        {
            switch (kind)
            {
                case ErrandKind.Take: part.Home.Take(part); break;
                case ErrandKind.CallBack: part.Home.CallBack(part); break;
                case ErrandKind.Return: part.NoteReturn(); break;
                case ErrandKind.Flush: part._first.Send(part._flushed); break;
                default: part.NoteFlush(); break;
            }
        }
    }
}
