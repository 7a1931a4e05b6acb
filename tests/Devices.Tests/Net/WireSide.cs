using System;
using System.Buffers.Binary;
using System.Threading;
using Lamina.Core;
using Lamina.Testing;

namespace Lamina.Devices.Tests.Net;

/// <summary>
/// A CPU of its own, on a thread, with the VM at one end of a wire: it does its mail and its VM's work, lets the guest do its part, and sleeps until it is interrupted. It never
/// looks up by itself, so one wake-up too few and it sleeps for ever. The guest sends bursts, and goes on when the other end has answered the last frame of one.
/// </summary>
internal sealed class WireSide : IDisposable
{
    private const int NumberAt = 0, ChangesAt = 16, AnswerAt = 24, HeaderBytes = 32;
    private const byte NoAnswer = 0, Asked = 1, Answer = 2;

    private readonly AutoResetEvent _interrupt = new(false);
    private readonly Thread _thread;
    private readonly Random _random;
    private readonly bool _isLeader;
    private NetGuest? _guest;
    private int _number, _left, _answersDue;
    private bool _isOver, _isStalled, _sends = true;
    private int _lastNumber = -1, _changesAtLast;

    public WireSide(WireTerminal end, FakeCpu supervisor, bool isLeader, int seed)
    {
        End = end;
        _isLeader = isLeader;
        _random = new Random(seed);
        Cpu = new FakeCpu { Interrupted = () => _interrupt.Set() };
        end.Place(Cpu, supervisor);
        _thread = new Thread(Loop);
    }

    public WireTerminal End { get; }
    public FakeCpu Cpu { get; }
    public WireSide Peer { get; set; } = null!;

    /// <summary>How often something about the wire was changed: odd while that is under way. By the supervisor.</summary>
    public required ChangeCounter Changes { get; init; }

    /// <summary>Frames that were given to a device before this change may not arrive here any more. By the supervisor.</summary>
    public int Floor;

    /// <summary>How many frames have arrived.</summary>
    public int Received;

    /// <summary>What went wrong, if anything did.</summary>
    public volatile string? Failure;

    public void Start() => _thread.Start();

    /// <summary>Has this CPU do something by its mail, and waits until it has. By the supervisor.</summary>
    public void Ask(Action action)
    {
        using var done = new ManualResetEventSlim();
        Cpu.Send(new Errand(() =>
        {
            action();
            done.Set();
        }));
        if (!done.Wait(TimeSpan.FromSeconds(30))) throw new TimeoutException($"a CPU does not answer: {Failure}");
    }

    /// <summary>Gives it its VM, as the supervisor does with one that it has built.</summary>
    public void Give(NetGuest guest) => Ask(() =>
    {
        _guest = guest;
        _left = _answersDue = 0;
        if (_isLeader) NextBurst();
        End.GoLive();
    });

    /// <summary>Takes its VM from it. What had arrived is looked at.</summary>
    public NetGuest Take()
    {
        NetGuest? guest = null;
        Ask(() =>
        {
            Check(_guest!, Volatile.Read(ref Floor));
            guest = _guest;
            _guest = null;
            End.GoQuiet();
        });
        return guest!;
    }

    /// <summary>The driver ends its work, while the VM runs.</summary>
    public void StopDriver() => Ask(() =>
    {
        Check(_guest!, Volatile.Read(ref Floor));
        _guest!.Driver.Status = VirtioStatus.None;
        _left = _answersDue = 0;
    });

    /// <summary>The driver begins its work, while the VM runs.</summary>
    public void StartDriver() => Ask(() => _guest!.Start());

    /// <summary>Its VM does all that it has to do.</summary>
    public void Settle() => Ask(() =>
    {
        while (_guest!.Work()) { }
    });

    /// <summary>The VM has no turns, so that frames pile up on their way to it. What had arrived is looked at.</summary>
    public void Stall() => Ask(() =>
    {
        Check(_guest!, Volatile.Read(ref Floor));
        _isStalled = true;
    });

    /// <summary>The VM has turns again.</summary>
    public void Resume() => Ask(() => _isStalled = false);

    /// <summary>Something may have been lost: it does not wait for an answer any longer.</summary>
    public void GoOn() => Ask(() =>
    {
        if (_isLeader) NextBurst();
    });

    /// <summary>It sends nothing more.</summary>
    public void StopSending() => Ask(() =>
    {
        _sends = false;
        _left = _answersDue = 0;
    });

    public void Stop()
    {
        Ask(() => _isOver = true);
        if (!_thread.Join(TimeSpan.FromSeconds(30))) throw new TimeoutException("a CPU does not end");
    }

    public void Dispose() => _interrupt.Dispose();

    private void Loop()
    {
        try
        {
            while (true)
            {
                Cpu.ServeInterrupts();
                if (_isOver) return;
                if (_guest is null || _isStalled || !_guest.Device.IsRunning || !Turn(_guest)) _interrupt.WaitOne();
            }
        }
        catch (Exception e)
        {
            Failure ??= e.ToString();
        }
    }

    // False when there is nothing to do.
    private bool Turn(NetGuest guest)
    {
        // What is cancelled after this may still be found under way in this turn.
        int floor = Volatile.Read(ref Floor);
        bool worked = guest.Work();
        worked |= Check(guest, floor);
        // Now and then the device has to wait for buffers; but a guest that sleeps has offered them all.
        if (!worked || _random.Next(2) == 0) worked |= Offer(guest);
        worked |= Check(guest, floor);
        return worked | Send(guest);
    }

    private static bool Offer(NetGuest guest)
    {
        bool any = false;
        while (guest.Offer(2048)) any = true;
        return any;
    }

    private bool Send(NetGuest guest)
    {
        if (!_sends) return false;
        bool any = false;
        for (int most = 20; most > 0 && (_answersDue > 0 || _left > 0); most--)
        {
            byte kind = _answersDue > 0 ? Answer : _left == 1 ? Asked : NoAnswer;
            if (!guest.Send(MakeFrame(kind))) break;
            any = true;
            _number++;
            if (kind == Answer) _answersDue--;
            else _left--;
        }
        return any;
    }

    private void NextBurst() => _left = _random.Next(4) == 0 ? _random.Next(1, 1500) : _random.Next(1, 8);

    private byte[] MakeFrame(byte kind)
    {
        var frame = new byte[HeaderBytes + _number * 7919 % 1400];
        frame.AsSpan(HeaderBytes).Fill((byte)_number);
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(NumberAt), _number);
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(ChangesAt), Changes.Read());
        frame[12] = 0x88;
        frame[13] = 0xB5;
        frame[AnswerAt] = kind;
        return frame;
    }

    // Looks at what has arrived; false when nothing has.
    private bool Check(NetGuest guest, int floor)
    {
        bool any = false;
        if (!guest.Device.IsRunning) return false;
        foreach (var (_, frame) in guest.Receive())
        {
            any = true;
            int number = BinaryPrimitives.ReadInt32LittleEndian(frame.AsSpan(NumberAt)), changes = BinaryPrimitives.ReadInt32LittleEndian(frame.AsSpan(ChangesAt));
            if (frame.Length != HeaderBytes + number * 7919 % 1400 || frame.AsSpan(HeaderBytes).IndexOfAnyExcept((byte)number) >= 0)
                Failure ??= $"frame {number} is torn";
            if (number <= _lastNumber) Failure ??= $"frame {number} came after {_lastNumber}";
            // Between frames of a time without changes none may be missing: neither when the one before was sent nor since.
            if (number != _lastNumber + 1 && _lastNumber >= 0 && changes % 2 == 0 && _changesAtLast == Changes.Read())
                Failure ??= $"frame {number} came after {_lastNumber} in quiet times";
            if (changes < floor) Failure ??= $"frame {number} of change {changes} came after change {floor}";
            _lastNumber = number;
            _changesAtLast = changes;
            if (frame[AnswerAt] == Asked) _answersDue++;
            else if (frame[AnswerAt] == Answer && _isLeader && _left == 0) NextBurst();
            Volatile.Write(ref Received, Received + 1);
        }
        return any;
    }

    private sealed class Errand(Action action) : CpuWork
    {
        public override void Run(Cpu cpu) => action();
    }
}
