using System;
using System.Runtime.InteropServices;
using Lamina.Core;

namespace Lamina.Devices;

/// <summary>
/// A network device (virtio 1.2, 5.1) at one end of a wire. It passes on every frame as it is, whatever its addresses say: the wire has but one other end, and what may go on from
/// there is for the VM that is there to judge.
/// <para>
/// What a driver sends is copied into the wire in its own exits (<see cref="NetTransmitter"/>), what comes out of the wire into its buffers in work that the other end posts to its
/// VM (<see cref="NetReceiver"/>). A round of sending, and a turn of receiving, does a stated amount, <see cref="MostFrames"/> and <see cref="MostBytes"/>; the
/// rest is work of the same VM.
/// </para>
/// </summary>
public sealed class VirtioNet : VirtioDevice
{
    /// <summary>How many queue pairs a device can have.</summary>
    public const int MostQueuePairs = 8;
    /// <summary>How many deadlines a device has: what its CPU's queue must have room for.</summary>
    public const int Deadlines = 1;
    /// <summary>How many frames, or segments of such, are sent in one round or received in one turn.</summary>
    public const int MostFrames = 64;
    /// <summary>After how many bytes that ends. A frame is not split over two, so one of 64 KiB may come on top.</summary>
    public const int MostBytes = 1 << 18;

    private readonly WireTerminal _end;
    private readonly NetWork _work;
    private readonly NetTransmitter _transmitter;
    private readonly NetReceiver _receiver;
    private readonly NetControl _control;
    private readonly ulong _mac;

    /// <summary>A device of <paramref name="machine"/>, which is attached to <paramref name="end"/> from now on, until someone calls <see cref="WireTerminal.Detach"/>. By the supervisor, while that end is quiet.</summary>
    public VirtioNet(VirtualMachine machine, WireTerminal end, in NetParameters parameters)
        : base(machine, VirtioDeviceType.Net, FeaturesOf(parameters), QueueSizesOf(parameters), VirtioNetConfig.Size)
    {
        _end = end;
        _mac = parameters.Mac;
        QueuePairs = PairsOf(parameters);
        _work = new NetWork(this);
        _transmitter = new NetTransmitter(this, machine, end);
        _receiver = new NetReceiver(this, end, parameters.QueueSize);
        _control = new NetControl(this);
        ref var config = ref Settings;
        config.MostQueuePairs = (ushort)QueuePairs;
        config.Mtu = parameters.Mtu;
        SetMac(_mac);
        end.TryAttach(machine, _work);
        ShowLink();
    }

    /// <inheritdoc/>
    public override string Name => "virtio-net";

    /// <summary>Whether it has its end of the wire: since it was made, unless another device had it, and until it is detached.</summary>
    public bool IsAttached => _end.IsHeldBy(_work);

    /// <summary>How many queue pairs it has.</summary>
    public int QueuePairs { get; }

    /// <summary>How many queue pairs the driver receives from.</summary>
    internal int ActivePairs { get; set; } = 1;

    /// <summary>Which queue is the control queue (5.1.2): the one behind the pairs, and a driver that has not taken several pairs counts one.</summary>
    private int ControlQueueIndex => QueueOf(Has(VirtioNetFeature.MultiQueue) ? QueuePairs : 1);

    private ref VirtioNetConfig Settings => ref MemoryMarshal.AsRef<VirtioNetConfig>(Config);

    /// <summary>Where a pair is received from; its frames to send are in the queue behind it.</summary>
    internal static int QueueOf(int pair) => 2 * pair;

    /// <inheritdoc/>
    protected override void QueueNotified(int queue)
    {
        if (!IsAttached) return;
        if (queue == ControlQueueIndex && Has(VirtioNetFeature.ControlQueue)) _control.Serve(Queues[queue]);
        else if (queue % 2 != 0) _transmitter.Send(queue / 2);
        else _receiver.BuffersCame();
        LookAtHealth();
    }

    /// <inheritdoc/>
    protected override void DriverReady()
    {
        _transmitter.Agreed = VirtioNetFeature.SendingOf(Features);
        SetGuestOffloads(Features);
        ShowLink();
        if (IsAttached) _end.SetReady(true);
        for (int i = 0; i < Queues.Length; i++) LookAgain(i);
    }

    /// <inheritdoc/>
    protected override void Reset()
    {
        if (IsAttached) _end.SetReady(false);
        _transmitter.Reset();
        _receiver.Reset();
        ActivePairs = 1;
        SetMac(_mac);
        ShowLink();
    }

    /// <summary>Has a round of sending gone on with.</summary>
    internal void SendAgain(Virtqueue queue) => LookAgain(queue.Index);

    /// <summary>Has it look at its link, at what came, and at what waits to be sent.</summary>
    internal void WorkAgain() => Machine.Post(_work);

    /// <summary>Has it do the same in its VM's next turn.</summary>
    internal void WorkNextTurn() => Machine.PostForNextTurn(_work);

    /// <summary>Counts the turns of its VM.</summary>
    internal ulong Turn => Machine.Turn;

    /// <summary>The CPU that runs its VM: for the time.</summary>
    internal Cpu Cpu => Machine.Cpu;

    /// <summary>The driver takes those of the offloads from now on whose bits are set.</summary>
    internal void SetGuestOffloads(ulong features) => _receiver.Takes = VirtioNetFeature.ReceivingOf(features);

    /// <summary>Its address, as in <see cref="NetParameters.Mac"/>.</summary>
    internal void SetMac(ulong mac)
    {
        Settings.MacStart = (uint)mac;
        Settings.MacEnd = (ushort)(mac >> 32);
    }

    private void Work()
    {
        if (!IsAttached) return;
        if (ShowLink()) ConfigChanged();
        if (IsRunning)
        {
            _receiver.Receive();
            if (_transmitter.IsWaiting) _transmitter.SendAll();
        }
        LookAtHealth();
    }

    /// <summary>A queue may have broken in the round that ends: then there is no driver here any more for the other end.</summary>
    private void LookAtHealth()
    {
        if (!IsRunning) _end.SetReady(false);
    }

    /// <summary>Writes whether there is a link into the configuration. Says whether that has changed.</summary>
    private bool ShowLink()
    {
        ushort status = _end.IsLinkUp ? VirtioNetConfig.LinkUp : (ushort)0;
        if (Settings.Status == status) return false;
        Settings.Status = status;
        return true;
    }

    private static int PairsOf(in NetParameters parameters) => Math.Clamp(parameters.QueuePairs, 1, MostQueuePairs);

    private static ulong FeaturesOf(in NetParameters parameters)
    {
        ulong features = VirtioNetFeature.Mac | VirtioNetFeature.Status | VirtioNetFeature.MergeableBuffers | VirtioNetFeature.ControlQueue
            | VirtioNetFeature.ControlReceive | VirtioNetFeature.ControlMacAddress;
        var offloads = (parameters.Offloads & NetOffloads.Checksum) == 0 ? NetOffloads.None : parameters.Offloads;
        features |= VirtioNetFeature.Sending(offloads) | VirtioNetFeature.Receiving(offloads);
        if (offloads != NetOffloads.None) features |= VirtioNetFeature.ControlGuestOffloads;
        if (parameters.Mtu != 0) features |= VirtioNetFeature.Mtu;
        return PairsOf(parameters) > 1 ? features | VirtioNetFeature.MultiQueue : features;
    }

    private static ushort[] QueueSizesOf(in NetParameters parameters)
    {
        var sizes = new ushort[QueueOf(PairsOf(parameters)) + 1];
        for (int i = 0; i < sizes.Length; i++) sizes[i] = parameters.QueueSize;
        return sizes;
    }

    private sealed class NetWork(VirtioNet device) : VmWork
    {
        protected override void Run() => device.Work();
    }
}
