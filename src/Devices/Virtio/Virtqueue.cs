using System;
using System.Threading;
using Lamina.Core;

namespace Lamina.Devices;

/// <summary>
/// The device's side of a split virtqueue (virtio 1.2, 2.7), with indirect descriptors and event index. Used by its device alone, while its VM's host table is loaded: in an exit of
/// that VM or in work that was posted to it. Nothing is allocated once it is made.
/// <para>
/// A round looks like this: <see cref="TryTake"/> until it says no or the round's budget is spent, <see cref="Return(DescriptorChain)"/> for each chain when it is done with,
/// <see cref="Publish"/> once, then <see cref="EnableNotifications"/> when the queue was emptied; if that says that something has come meanwhile, go on.
/// </para>
/// <para>Whatever the driver does against the rules breaks the queue: it is counted, its device needs a reset, and nothing is to be taken any more.</para>
/// </summary>
public sealed class Virtqueue
{
    // The rings as arrays of 16-bit words: flags, index, then the ring (2.7.6, 2.7.8).
    private const int FlagsWord = 0;
    private const int IndexWord = 1;
    private const int RingWord = 2;
    private const int RingHeaderBytes = RingWord * sizeof(ushort);

    /// <summary>VIRTQ_USED_F_NO_NOTIFY.</summary>
    private const ushort NoNotifications = 1;
    /// <summary>VIRTQ_AVAIL_F_NO_INTERRUPT.</summary>
    private const ushort NoInterrupts = 1;

    private const int DescriptorAlignment = 16;
    private const int AvailableAlignment = 2;
    private const int UsedAlignment = 4;
    private const int UsedElementBytes = 8;

    private readonly VirtioDevice _device;

    private GuestArray<VirtqueueDescriptor> _descriptors;
    private GuestArray<ushort> _available;
    private GuestArray<ushort> _usedHeader;
    private GuestArray<VirtqueueUsedElement> _used;
    private GuestArray<ushort> _availableEvent;
    private int _mask;
    private bool _hasEventIndex;

    // Indices count modulo 65536, whatever the queue's size.
    private ushort _nextAvailable, _knownAvailable;
    private ushort _nextUsed, _publishedUsed;

    internal Virtqueue(VirtioDevice device, int index, ushort mostSize)
    {
        _device = device;
        Index = index;
        MostSize = mostSize;
        Reset();
    }

    /// <summary>Its number in the device.</summary>
    public int Index { get; }

    /// <summary>How many descriptors it can have at most: a power of two.</summary>
    public ushort MostSize { get; }

    /// <summary>How many descriptors the driver chose: a power of two.</summary>
    public ushort Size { get; private set; }

    /// <summary>Whether the driver has switched it on. What broke stays so until the device is reset, but is not <see cref="IsRunning"/>.</summary>
    public bool IsEnabled { get; private set; }

    /// <summary>Which rule was broken, if one was.</summary>
    public VirtqueueFault Fault { get; private set; }

    /// <summary>Whether chains can be taken.</summary>
    public bool IsRunning => IsEnabled && Fault == VirtqueueFault.None;

    /// <summary>
    /// Whether there is a chain to take. Also false when the queue is not running. It looks into the guest's memory only when all that was seen there is taken.
    /// </summary>
    public bool HasAvailable => _nextAvailable != _knownAvailable || LookForMore();

    /// <summary>GPA of the descriptor table.</summary>
    internal ulong DescriptorArea { get; set; }
    /// <summary>GPA of the available ring.</summary>
    internal ulong DriverArea { get; set; }
    /// <summary>GPA of the used ring.</summary>
    internal ulong DeviceArea { get; set; }
    /// <summary>Its MSI-X vector, or <see cref="VirtioInterrupts.NoVector"/>.</summary>
    internal ushort Vector { get; set; }

    /// <summary>
    /// Takes the next chain into <paramref name="chain"/>. False when there is none, or the queue is not running (or just broke). A chain that was taken belongs to the device until
    /// it is returned.
    /// </summary>
    public bool TryTake(DescriptorChain chain)
    {
        if (!HasAvailable) return false;
        ushort head = Volatile.Read(ref _available[RingWord + (_nextAvailable & _mask)]);
        var fault = chain.Load(_device.Memory, _descriptors, head);
        if (fault != VirtqueueFault.None)
        {
            Break(fault);
            return false;
        }
        _nextAvailable++;
        return true;
    }

    /// <summary>Puts back the chains that were taken last, as many as <paramref name="count"/>, none of which was returned: they are taken again later, in the same order.</summary>
    public void PutBack(int count)
    {
        if (IsRunning) _nextAvailable -= (ushort)count;
    }

    /// <summary>Gives a chain back to the driver, with what was written into it (<see cref="DescriptorChain.BytesWritten"/>). Seen by it after <see cref="Publish"/>.</summary>
    public void Return(DescriptorChain chain) => Return(chain.Head, chain.BytesWritten);

    /// <summary>Gives a chain back by the number of its <see cref="DescriptorChain.Head"/>, saying how many bytes were written into it: at most those that it has.</summary>
    public void Return(ushort head, int bytesWritten)
    {
        if (!IsEnabled) return;
        ref var element = ref _used[_nextUsed & _mask];
        element.Id = head;
        element.Length = (uint)bytesWritten;
        _nextUsed++;
    }

    /// <summary>Shows the driver all that was returned, and interrupts it if it wants that (2.7.7, 2.7.8.2).</summary>
    public void Publish()
    {
        ushort before = _publishedUsed, now = _nextUsed;
        if (before == now || !IsEnabled) return;
        _publishedUsed = now;
        Volatile.Write(ref _usedHeader[IndexWord], now);
        // The index must be seen before we look at whether the driver wants to hear of it: it does the same the other way round.
        Interlocked.MemoryBarrier();
        if (WantsInterrupt(before, now)) _device.Interrupts.RaiseQueue(Vector);
    }

    /// <summary>
    /// Asks the driver for a notification when it makes the next chain available. True when there is one already, which it might not notify of: go on, or see to it that you do.
    /// </summary>
    public bool EnableNotifications()
    {
        if (!IsRunning) return false;
        if (_hasEventIndex) Volatile.Write(ref _availableEvent[0], _nextAvailable);
        else Volatile.Write(ref _usedHeader[FlagsWord], 0);
        // It must be seen before we look for what came meanwhile.
        Interlocked.MemoryBarrier();
        return HasAvailable;
    }

    /// <summary>
    /// Tells the driver that notifications are of no use for now. A hint: one may come nevertheless. With event index nothing has to be said, as it asks for one at a time.
    /// </summary>
    public void DisableNotifications()
    {
        if (IsRunning && !_hasEventIndex) Volatile.Write(ref _usedHeader[FlagsWord], NoNotifications);
    }

    /// <summary>The driver broke a rule: the queue stops, and its device needs a reset. The first fault counts.</summary>
    public void Break(VirtqueueFault fault)
    {
        if (Fault != VirtqueueFault.None) return;
        Fault = fault;
        _knownAvailable = _nextAvailable;
        _device.CountBrokenQueue();
    }

    /// <summary>Sets its size while it is off; 0 or no power of two, or more than it can have, is refused when it is switched on.</summary>
    internal void SetSize(ushort size) => Size = size;

    /// <summary>As after the device's reset.</summary>
    internal void Reset()
    {
        Size = MostSize;
        DescriptorArea = DriverArea = DeviceArea = 0;
        Vector = VirtioInterrupts.NoVector;
        IsEnabled = false;
        Fault = VirtqueueFault.None;
        _nextAvailable = _knownAvailable = _nextUsed = _publishedUsed = 0;
    }

    /// <summary>The driver switches it on: its rings are looked up, once. They break it if they are not as they should be.</summary>
    internal void Enable(bool hasEventIndex)
    {
        IsEnabled = true;
        _hasEventIndex = hasEventIndex;
        _mask = Size - 1;
        bool isSound = Size != 0 && (Size & _mask) == 0 && Size <= MostSize
            && DescriptorArea % DescriptorAlignment == 0 && DriverArea % AvailableAlignment == 0 && DeviceArea % UsedAlignment == 0;
        ulong elements = DeviceArea + RingHeaderBytes;
        // Behind each ring is a word for the event index, whether it is used or not.
        if (isSound && _device.Memory.TryLocate(DescriptorArea, Size, out _descriptors) && _device.Memory.TryLocate(DriverArea, RingWord + Size + 1, out _available)
            && _device.Memory.TryLocate(DeviceArea, RingWord, out _usedHeader) && _device.Memory.TryLocate(elements, Size, out _used)
            && _device.Memory.TryLocate(elements + (ulong)Size * UsedElementBytes, 1, out _availableEvent)) return;
        IsEnabled = false;
        Break(VirtqueueFault.Rings);
    }

    private bool LookForMore()
    {
        if (!IsRunning) return false;
        ushort index = Volatile.Read(ref _available[IndexWord]);
        if (index == _nextAvailable) return false;
        if ((ushort)(index - _nextAvailable) > Size)
        {
            Break(VirtqueueFault.AvailableIndex);
            return false;
        }
        _knownAvailable = index;
        return true;
    }

    private bool WantsInterrupt(ushort before, ushort now)
    {
        if (!_hasEventIndex) return (Volatile.Read(ref _available[FlagsWord]) & NoInterrupts) == 0;
        ushort wanted = Volatile.Read(ref _available[RingWord + Size]);
        return (ushort)(now - wanted - 1) < (ushort)(now - before);
    }
}
