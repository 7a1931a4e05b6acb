using System.Threading;

namespace Lamina.Core;

/// <summary>
/// What other CPUs have for one CPU to do: the one place where they meet that share nothing else.
/// <para>
/// The rule: any CPU puts work in, by one exchange and without a lock; the CPU whose mailbox it is takes all of it at once. Whoever finds it empty has to interrupt that CPU, which
/// looks into it after each interrupt: so nobody polls, and work that comes while it empties the box brings an interrupt of its own. Work of one sender is done in the order
/// in which it was sent. Work that is on its way already is not sent twice, and what its sender wrote before is seen by it: it is done after that, or is done again.
/// </para>
/// </summary>
public sealed class CpuMailbox
{
    // The latest first, each leading to the one before.
    private CpuWork? _latest;

    /// <summary>Any CPU: puts work in. True when the CPU whose mailbox it is has to be interrupted.</summary>
    public bool Put(CpuWork work)
    {
        if (!work.TrySend()) return false;
        while (true)
        {
            var before = Volatile.Read(ref _latest);
            work.Next = before;
            if (Interlocked.CompareExchange(ref _latest, work, before) == before) return before is null;
        }
    }

    /// <summary>Its CPU: whether there is nothing.</summary>
    public bool IsEmpty => Volatile.Read(ref _latest) is null;

    /// <summary>Its CPU, which is given: does what is there. What comes meanwhile waits for the next time.</summary>
    public void Empty(Cpu cpu)
    {
        if (IsEmpty) return;
        var latest = Interlocked.Exchange(ref _latest, null);
        CpuWork? oldest = null;
        while (latest is not null)
        {
            var before = latest.Next;
            latest.Next = oldest;
            oldest = latest;
            latest = before;
        }
        while (oldest is { } work)
        {
            oldest = work.Next;
            work.Arrive();
            work.Run(cpu);
        }
    }
}
