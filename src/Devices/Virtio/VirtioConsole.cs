using System;
using System.Runtime.InteropServices;
using Lamina.Core;

namespace Lamina.Devices;

/// <summary>
/// A console device with named ports (virtio 1.2, 5.3). Port 0 is what a driver without multiport support gets.
/// <para>Ports are there from the start and stay; a guest's port is open while a program has it open.</para>
/// </summary>
public sealed class VirtioConsole : VirtioDevice
{
    /// <summary>How many ports a console can have.</summary>
    public const int MostPorts = 32;

    /// <summary>How many bytes of a port one exit prints at most, and out of how many chains.</summary>
    public const int BytesPerExit = 16 << 10, ChainsPerExit = 64;

    private const ulong Multiport = 1 << 1;

    // Two queues a port, and two for control messages behind those of port 0 (5.3.2). Linux fills each receive queue with pages.
    private const int ControlReceive = 2, ControlTransmit = 3, QueuesPerPort = 2;
    private const ushort ReceiveSize = 16, TransmitSize = 64;

    private readonly ConsolePort[] _ports;
    private readonly DescriptorChain _chain = new();
    /// <summary>What a guest prints is copied before a port looks at it, as the guest can change its own.</summary>
    private readonly byte[] _copy = new byte[4 << 10];
    private bool _isControlReady;

    /// <summary>A console of a VM with the given ports, 1 to <see cref="MostPorts"/>, each of this device alone.</summary>
    public VirtioConsole(VirtualMachine machine, params ConsolePort[] ports)
        : base(machine, VirtioDeviceType.Console, Multiport, QueueSizes(ports.Length), configBytes: 12)
    {
        _ports = ports;
        for (int i = 0; i < _ports.Length; i++)
        {
            _ports[i].Console = this;
            _ports[i].Number = i;
        }
        MemoryMarshal.Write(Config, new ConsoleConfig { MostPorts = (uint)_ports.Length });
    }

    /// <inheritdoc/>
    public override string Name => "virtio-console";

    /// <summary>Its ports.</summary>
    public ReadOnlySpan<ConsolePort> Ports => _ports;

    private static int ReceiveQueueOf(int port) => port == 0 ? 0 : QueuesPerPort * (port + 1);

    /// <summary>There is something to be put into the guest's memory.</summary>
    internal void InputCame(ConsolePort port) => LookAgain(ReceiveQueueOf(port.Number));

    /// <inheritdoc/>
    protected override void Reset()
    {
        _isControlReady = false;
        foreach (var port in _ports)
        {
            port.News = ConsoleNews.None;
            port.IsPrinting = false;
            port.Input.Clear();
            SetOpen(port, false);
            port.Reset();
        }
    }

    /// <inheritdoc/>
    protected override void DriverReady()
    {
        // Without control messages the one port is open from the start.
        if (!Has(Multiport)) SetOpen(_ports[0], true);
        for (int queue = 0; queue < Queues.Length; queue++) Notify(queue);
    }

    /// <inheritdoc/>
    protected override void QueueNotified(int queue)
    {
        switch (queue)
        {
            case ControlReceive:
                TellNews();
                return;
            case ControlTransmit:
                TakeControl();
                return;
        }
        var port = _ports[queue < ControlReceive ? 0 : queue / QueuesPerPort - 1];
        if (queue % QueuesPerPort == 0) Deliver(port, Queues[queue]);
        else Print(port, Queues[queue]);
    }

    private static ushort[] QueueSizes(int ports)
    {
        var sizes = new ushort[QueuesPerPort * (ports + 1)];
        for (int i = 0; i < sizes.Length; i++) sizes[i] = i % QueuesPerPort == 0 ? ReceiveSize : TransmitSize;
        return sizes;
    }

    private static void SetOpen(ConsolePort port, bool isOpen)
    {
        if (port.IsOpen == isOpen) return;
        port.IsOpen = isOpen;
        port.OpenChanged();
    }

    /// <summary>What the guest has written goes to its port.</summary>
    private void Print(ConsolePort port, Virtqueue queue)
    {
        int bytes = BytesPerExit, chains = ChainsPerExit;
        do
        {
            while (bytes > 0 && chains > 0 && (port.IsPrinting || queue.TryTake(port.Output)))
            {
                port.IsPrinting = true;
                while (bytes > 0 && port.Output.Read(_copy.AsSpan(0, Math.Min(bytes, _copy.Length))) is > 0 and var count)
                {
                    port.Receive(_copy.AsSpan(0, count));
                    bytes -= count;
                }
                if (port.Output.ReadableLeft > 0) break;
                port.IsPrinting = false;
                chains--;
                queue.Return(port.Output.Head, 0);
            }
            queue.Publish();
            if (bytes <= 0 || chains <= 0)
            {
                LookAgain(queue.Index);
                return;
            }
        }
        while (queue.EnableNotifications());
    }

    /// <summary>What waits for the guest goes into its buffers. Bounded by what can wait.</summary>
    private void Deliver(ConsolePort port, Virtqueue queue)
    {
        do
        {
            while (port.Input.Count > 0 && queue.TryTake(_chain))
            {
                while (port.Input.Count > 0 && _chain.NextWritable(1) is { IsEmpty: false } part) part[0] = port.Input.Take();
                queue.Return(_chain);
            }
        }
        while (port.Input.Count > 0 && queue.EnableNotifications());
        queue.Publish();
    }

    /// <summary>What the driver says of ports.</summary>
    private void TakeControl()
    {
        var queue = Queues[ControlTransmit];
        int left = ChainsPerExit;
        do
        {
            while (left > 0 && queue.TryTake(_chain))
            {
                left--;
                bool isWhole = _chain.TryRead(out ConsoleControl message);
                queue.Return(_chain.Head, 0);
                if (isWhole) Take(message);
            }
            queue.Publish();
            if (left == 0)
            {
                LookAgain(ControlTransmit);
                break;
            }
        }
        while (queue.EnableNotifications());
        TellNews();
    }

    private void Take(in ConsoleControl message)
    {
        if (message.Event == ConsoleEvent.DeviceReady)
        {
            _isControlReady = message.Value != 0;
            foreach (var each in _ports) each.News = _isControlReady ? ConsoleNews.Add : ConsoleNews.None;
            return;
        }
        if (message.Port >= (uint)_ports.Length) return;
        var port = _ports[message.Port];
        switch (message.Event)
        {
            case ConsoleEvent.PortReady when message.Value != 0:
                port.News |= ConsoleNews.Open | (port.IsConsole ? ConsoleNews.Console : ConsoleNews.None)
                    | (port.Name.IsEmpty ? ConsoleNews.None : ConsoleNews.Name);
                break;
            case ConsoleEvent.PortOpen:
                SetOpen(port, message.Value != 0);
                break;
        }
    }

    /// <summary>Tells the driver what it has to know of the ports, as long as it has buffers for that.</summary>
    private void TellNews()
    {
        if (!_isControlReady) return;
        var queue = Queues[ControlReceive];
        foreach (var port in _ports)
        {
            while (port.News != ConsoleNews.None && (queue.TryTake(_chain) || (queue.EnableNotifications() && queue.TryTake(_chain))))
            {
                Tell(port);
                queue.Return(_chain);
            }
        }
        queue.Publish();
    }

    private void Tell(ConsolePort port)
    {
        // The lowest bit: what comes first.
        var news = port.News & (ConsoleNews)(-(int)port.News);
        port.News &= ~news;
        var (what, value) = news switch
        {
            ConsoleNews.Add => (ConsoleEvent.PortAdd, 0),
            ConsoleNews.Console => (ConsoleEvent.ConsolePort, 1),
            ConsoleNews.Name => (ConsoleEvent.PortName, 1),
            _ => (ConsoleEvent.PortOpen, 1),
        };
        _chain.TryWrite(new ConsoleControl((uint)port.Number, what, (ushort)value));
        if (news == ConsoleNews.Name) _chain.Write(port.Name);
    }
}
