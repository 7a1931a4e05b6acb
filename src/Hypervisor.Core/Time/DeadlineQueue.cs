namespace Lamina.Core;

/// <summary>
/// All deadlines of one CPU, the earliest first: a binary heap in an array that was made at boot. Only its CPU touches it.
/// </summary>
public sealed class DeadlineQueue(int capacity)
{
    private Deadline[] _heap = new Deadline[capacity];
    private int _count;

    /// <summary>Whether it is just being changed: a fault now would leave it half-written.</summary>
    public bool IsChanging { get; private set; }

    /// <summary>The deadline that is being called, if any: a fault is its owner's.</summary>
    public Deadline? Expiring { get; private set; }

    /// <summary>How many wait.</summary>
    public int Count => _count;

    /// <summary>When the earliest is due (TSC ticks), or <see cref="ulong.MaxValue"/> when none waits.</summary>
    public ulong Earliest => _count == 0 ? ulong.MaxValue : _heap[0].When;

    /// <summary>Makes room for so many more. It allocates: at boot alone, when none waits.</summary>
    public void MakeRoom(int more) => _heap = new Deadline[_heap.Length + more];

    /// <summary>
    /// Arms a deadline, or moves it when it is armed already. The capacity is the number of deadlines made for this CPU, so there is always room;
    /// false, and not armed, should that ever not be so.
    /// </summary>
    public bool Arm(Deadline deadline, ulong when)
    {
        if (!deadline.IsArmed)
        {
            if (_count == _heap.Length) return false;
            IsChanging = true;
            deadline.Position = _count++;
        }
        IsChanging = true;
        deadline.When = when;
        Settle(deadline, deadline.Position);
        IsChanging = false;
        return true;
    }

    /// <summary>Withdraws a deadline; nothing happens when it is not armed.</summary>
    public void Withdraw(Deadline deadline)
    {
        int position = deadline.Position;
        if (position == Deadline.NotQueued) return;
        IsChanging = true;
        deadline.Position = Deadline.NotQueued;
        var last = _heap[--_count];
        _heap[_count] = null!;
        if (last != deadline) Settle(last, position);
        IsChanging = false;
    }

    /// <summary>
    /// A VM leaves this CPU: withdraws all that are its own, without asking its devices. They are a chain then, null if there are none, and remember when they are due, so that they can be armed at the CPU to which
    /// the VM goes (<see cref="Cpu.ArmAll"/>), until one of them is armed by itself.
    /// </summary>
    public Deadline? WithdrawAll(VirtualMachine owner)
    {
        Deadline? chain = null;
        for (int i = 0; i < _count;)
        {
            // What takes its place may come from behind: the search begins again, as it is no work for the exit way.
            var deadline = _heap[i];
            if (deadline.Owner != owner)
            {
                i++;
                continue;
            }
            Withdraw(deadline);
            deadline.Next = chain;
            chain = deadline;
            i = 0;
        }
        return chain;
    }

    /// <summary>
    /// Calls what is due at <paramref name="now"/>, the earliest first. At most <paramref name="most"/> of them, so that a deadline which keeps arming itself
    /// in the past cannot hold the CPU; the rest is due still at the next call.
    /// </summary>
    public void Expire(ulong now, int most)
    {
        while (most-- > 0 && _count > 0 && _heap[0].When <= now)
        {
            var due = _heap[0];
            Withdraw(due);
            Expiring = due;
            due.Expire(now);
            Expiring = null;
        }
    }

    /// <summary>The call of <see cref="Expiring"/> faulted and never returned.</summary>
    internal void Recover() => Expiring = null;

    private void Settle(Deadline deadline, int position)
    {
        while (position > 0 && _heap[(position - 1) / 2].When > deadline.When)
        {
            Place(_heap[(position - 1) / 2], position);
            position = (position - 1) / 2;
        }
        while (true)
        {
            int child = 2 * position + 1;
            if (child >= _count) break;
            if (child + 1 < _count && _heap[child + 1].When < _heap[child].When) child++;
            if (_heap[child].When >= deadline.When) break;
            Place(_heap[child], position);
            position = child;
        }
        Place(deadline, position);
    }

    private void Place(Deadline deadline, int position)
    {
        _heap[position] = deadline;
        deadline.Position = position;
    }
}
