using System;
using Lamina.Core;

namespace Lamina.Host;

/// <summary>
/// The serial port as the machine's console. Output goes from the ring to the port a FIFO at a time; what the port does not take now it gets when a
/// deadline comes, and nobody waits. Input comes by interrupt, and goes to the console switch.
/// </summary>
public sealed class SerialConsole : ConsoleOutput
{
    // Bytes that one call moves at most: an emulator's port is empty again at once, and would take all. More than what is written between two kicks.
    private const int MostBytesAtOnce = 1024;

    // A FIFO of 16 bytes is empty after 1.4 ms.
    private const ulong RetriesPerSecond = 700;

    private readonly SerialPort? _port;
    private readonly ByteRing _ring;
    private readonly RetryDeadline _deadline;
    private Cpu? _cpu;
    private ulong _retryTicks;

    // A byte that was received and that nobody has room for yet.
    private bool _holdsInput;
    private byte _heldInput;

    /// <summary>Makes the console. Until <see cref="Start"/> it waits for the port, a bounded time for each byte.</summary>
    /// <param name="port">The port; null for none: the ring is emptied all the same.</param>
    /// <param name="ring">What is to be sent.</param>
    public SerialConsole(SerialPort? port, ByteRing ring)
    {
        _port = port;
        _ring = ring;
        _deadline = new RetryDeadline(this);
    }

    /// <summary>The screen, which shows the hypervisor's own lines; null for none.</summary>
    public ScreenConsole? Screen { get; set; }

    /// <summary>Who gets what is typed, the <see cref="ConsoleSwitch"/>; null for nobody.</summary>
    public InputSink? Input { get; set; }

    /// <summary>Goes on by deadlines and interrupts: interrupts of the machine are on now.</summary>
    public void Start(Cpu cpu, ulong ticksPerSecond)
    {
        _cpu = cpu;
        _retryTicks = ticksPerSecond / RetriesPerSecond;
        _port?.EnableReceiveInterrupt();
        Kick();
    }

    /// <inheritdoc/>
    public override void Kick()
    {
        if (_cpu == null || _port == null)
            Drain();
        else if (!_deadline.IsArmed && !TrySend())
            RetryLater();
    }

    /// <inheritdoc/>
    public override void Show(ReadOnlySpan<byte> text)
    {
        Screen?.Write("[lamina] "u8);
        Screen?.Write(text);
        Screen?.Write("\n"u8);
    }

    /// <summary>Sends all that waits, waiting for the port. For the boot and the panic alone.</summary>
    public void Drain()
    {
        while (_ring.TryRead(out byte value))
            _port?.SendPolled(value);
    }

    /// <summary>
    /// Takes what was received, as far as there is room: the rest stays in the port, which makes the sender wait, and is looked for again when the
    /// deadline comes. (The port's interrupt comes by an edge, so once only for what is left lying.) Called by the port's interrupt.
    /// </summary>
    public void Receive()
    {
        for (int budget = MostBytesAtOnce; budget > 0; budget--)
        {
            if (!_holdsInput && !_port!.TryReceive(out _heldInput))
                return;
            _holdsInput = Input != null && !Input.TryWrite(_heldInput);
            if (_holdsInput)
                break;
        }

        RetryLater();
    }

    private void RetryLater()
    {
        if (_cpu != null && !_deadline.IsArmed)
            _cpu.Arm(_deadline, _cpu.ReadTsc() + _retryTicks);
    }

    // Held input arms the deadline again at once: that must not keep the output waiting, which is everybody's.
    private void Retry()
    {
        Receive();
        if (!TrySend())
            RetryLater();
    }

    // True when nothing waits any more.
    private bool TrySend()
    {
        SerialPort port = _port!;
        int fifo = port.FifoSize;
        for (int budget = MostBytesAtOnce; budget > 0;)
        {
            ReadOnlySpan<byte> waiting = _ring.Waiting(budget);
            if (waiting.IsEmpty)
                return true;
            budget -= waiting.Length;
            while (!waiting.IsEmpty)
            {
                if (!port.CanSend)
                    return false;
                int count = Math.Min(fifo, waiting.Length);
                port.Send(waiting[..count]);
                waiting = waiting[count..];
                _ring.Skip(count);
            }
        }

        return false;
    }

    private sealed class RetryDeadline(SerialConsole console) : Deadline
    {
        public override void Expire(ulong now) => console.Retry();
    }
}
