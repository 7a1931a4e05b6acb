using System;
using System.Threading;
using Lamina.Core;

namespace Lamina.Host;

/// <summary>
/// The output of a VM that may run on another CPU than the consoles do. Its CPU, at home, puts bytes into a ring; the consoles' CPU, CPU 0, reads them into the VM's
/// <see cref="ConsoleSource"/>. Of one that runs on CPU 0 itself all goes straight there. It is made once at boot and serves one life of the VM after the other.
/// <para>
/// Nothing here waits for the other CPU: what finds no room in the ring is dropped, and told of as a loss of the console's. And no VM takes CPU 0 from the VMs there by printing: it
/// is interrupted for the first byte alone, then reads <see cref="MostAtOnce"/> bytes at a time and no more often than once in a pause, and asks to be interrupted again when
/// a pause has brought nothing.
/// </para>
/// <para>
/// The rule: the two Write are the home CPU's, all else is CPU 0's. <c>_readerWaits</c> is set by CPU 0, which then looks once more, and is taken by the home CPU after
/// it has written (full fences both): so always CPU 0 waits, or mail is on its way, or the deadline is armed.
/// </para>
/// </summary>
public sealed class RemoteConsoleOutput : ByteSink
{
    /// <summary>Bytes that can be on their way.</summary>
    public const int Capacity = 16 << 10;

    /// <summary>Bytes that are read at a time: it is done in whosever turn.</summary>
    public const int MostAtOnce = 4 << 10;

    private readonly SharedByteRing _ring = new(Capacity);
    private readonly ConsoleSource _console;
    private readonly Cpu _consoleCpu;
    private readonly ulong _pause;
    private readonly Mail _mail;
    private readonly NextDeadline _next;
    private Cpu _home;
    private int _readerWaits = 1;

    /// <summary>Makes it, at boot.</summary>
    /// <param name="console">The VM's place in the stream, which CPU 0 alone touches from now on.</param>
    /// <param name="home">The CPU that runs the VM.</param>
    /// <param name="consoleCpu">The CPU of the consoles; this has one deadline there.</param>
    /// <param name="pause">Ticks of that CPU's TSC between two readings: a millisecond lets 4 MB/s through.</param>
    public RemoteConsoleOutput(ConsoleSource console, Cpu home, Cpu consoleCpu, ulong pause)
    {
        _console = console;
        _home = home;
        _consoleCpu = consoleCpu;
        _pause = pause;
        _mail = new Mail(this);
        _next = new NextDeadline(this);
    }

    /// <inheritdoc/>
    /// <remarks>By the home CPU.</remarks>
    public override void Write(byte value)
    {
        if (_home == _consoleCpu)
        {
            _console.Write(value);
            return;
        }

        if (!_ring.TryWrite(value))
            _ring.Lose(1);
        Tell();
    }

    /// <inheritdoc/>
    /// <remarks>By the home CPU.</remarks>
    public override void Write(ReadOnlySpan<byte> bytes)
    {
        if (_home == _consoleCpu)
        {
            _console.Write(bytes);
            return;
        }

        _ring.WriteOrLose(bytes);
        Tell();
    }

    /// <summary>Reads all that is left: on CPU 0, when the VM is over and its CPU has let go of it, before its console is detached.</summary>
    public void Drain()
    {
        _consoleCpu.Deadlines.Withdraw(_next);
        while (_ring.HasNews)
            ReadSome();
        // Mail may be on its way still; it will find nothing, or what the next life has printed.
        Volatile.Write(ref _readerWaits, 1);
    }

    /// <summary>Another CPU runs the VM from now on: on CPU 0, while the VM is nowhere and its home CPU has said so.</summary>
    public void MoveTo(Cpu home)
    {
        Drain();
        _home = home;
    }

    private void Tell()
    {
        if (Interlocked.Exchange(ref _readerWaits, 0) == 0)
            return;
        // A mailbox that is left half-written is not the VM's affair alone.
        _home.Guard.EnterCritical();
        _consoleCpu.Send(_mail);
        _home.Guard.LeaveCritical();
    }

    private void Arrive()
    {
        if (!_next.IsArmed)
            GoOn();
    }

    private void GoOn()
    {
        if (!_ring.HasNews && IsAtRest())
            return;
        ReadSome();
        _consoleCpu.Arm(_next, _consoleCpu.ReadTsc() + _pause);
    }

    // What the writer does from here on brings mail; what it did just before may not have.
    private bool IsAtRest()
    {
        Interlocked.Exchange(ref _readerWaits, 1);
        return !_ring.HasNews || Interlocked.Exchange(ref _readerWaits, 0) == 0;
    }

    private void ReadSome()
    {
        int left = Math.Min(_ring.Count, MostAtOnce);
        while (left > 0)
        {
            ReadOnlySpan<byte> part = _ring.Waiting(left);
            _console.Write(part);
            _ring.Skip(part.Length);
            left -= part.Length;
        }

        ulong lost = _ring.TakeLost();
        if (lost != 0)
            _console.NoteLoss(lost);
    }

    private sealed class Mail(RemoteConsoleOutput output) : CpuWork
    {
        public override void Run(Cpu cpu) => output.Arrive();
    }

    private sealed class NextDeadline(RemoteConsoleOutput output) : Deadline
    {
        public override void Expire(ulong now) => output.GoOn();
    }
}
