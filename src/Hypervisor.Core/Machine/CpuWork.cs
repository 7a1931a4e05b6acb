using System.Threading;

namespace Lamina.Core;

/// <summary>
/// Something that one CPU has done by another: it is put into the other's <see cref="CpuMailbox"/>. Made once by its owner, then sent as often as wanted, without allocation.
/// </summary>
public abstract class CpuWork
{
    private int _isUnderWay;

    internal CpuWork? Next { get; set; }

    /// <summary>
    /// Does it: on the CPU to which it was sent, between exits, interrupts off. It may be sent again from then on, and sees all that its sender had written before. Short: it
    /// is done in whosever turn. A fault in it ends the machine.
    /// </summary>
    /// <param name="cpu">That CPU.</param>
    public abstract void Run(Cpu cpu);

    /// <summary>Sender: whether it has to be put into the mailbox, as it is not on its way already.</summary>
    internal bool TrySend() => Interlocked.Exchange(ref _isUnderWay, 1) == 0;

    /// <summary>Receiver, before <see cref="Run"/>: whoever sends it from now on has it run once more.</summary>
    internal void Arrive()
    {
        Next = null;
        Interlocked.Exchange(ref _isUnderWay, 0);
    }
}
