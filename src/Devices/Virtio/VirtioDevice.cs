using System;
using Lamina.Core;

namespace Lamina.Devices;

/// <summary>
/// A virtio device, whatever the bus (virtio 1.2, chapter 2): its features, status, queues and configuration. Console, network and the like derive from it. What is here runs on the
/// exit way of its VM, or in work that was posted to it: nothing allocates or throws once it is made.
/// </summary>
public abstract class VirtioDevice
{
    private readonly VirtualMachine _machine;
    private readonly Virtqueue[] _queues;
    private readonly QueueWork[] _work;
    private readonly byte[] _config;

    /// <summary>
    /// A device of a VM. <paramref name="features"/> are those of its type that it offers; the common ones are added. <paramref name="queueSizes"/> says for each queue how many
    /// descriptors it has at most: a power of two. Its configuration structure has <paramref name="configBytes"/> bytes.
    /// </summary>
    protected VirtioDevice(VirtualMachine machine, VirtioDeviceType type, ulong features, ReadOnlySpan<ushort> queueSizes, int configBytes)
    {
        _machine = machine;
        Type = type;
        OfferedFeatures = features | VirtioFeature.Common;
        _config = new byte[configBytes];
        _queues = new Virtqueue[queueSizes.Length];
        _work = new QueueWork[queueSizes.Length];
        for (int i = 0; i < _queues.Length; i++)
        {
            _queues[i] = new Virtqueue(this, i, queueSizes[i]);
            _work[i] = new QueueWork(this, i);
        }
    }

    /// <summary>A short name for reports and counters, such as "virtio-net".</summary>
    public abstract string Name { get; }

    /// <summary>What it is.</summary>
    public VirtioDeviceType Type { get; }

    /// <summary>The feature bits that it offers.</summary>
    public ulong OfferedFeatures { get; }

    /// <summary>The feature bits that the driver took, once it has set <see cref="VirtioStatus.FeaturesOk"/>; 0 before.</summary>
    public ulong Features { get; private set; }

    /// <summary>Its status.</summary>
    public VirtioStatus Status { get; private set; }

    /// <summary>Whether its queues are to be served: the driver is ready, and nothing has broken.</summary>
    public bool IsRunning => (Status & (VirtioStatus.DriverOk | VirtioStatus.DeviceNeedsReset)) == VirtioStatus.DriverOk;

    /// <summary>Its queues.</summary>
    public ReadOnlySpan<Virtqueue> Queues => _queues;

    /// <summary>The RAM of its VM.</summary>
    public GuestMemory Memory => _machine.Memory;

    /// <summary>Bytes of its configuration structure.</summary>
    internal int ConfigLength => _config.Length;

    /// <summary>How often its configuration has changed, modulo 256 (2.5.1: so that a driver can tell that what it read is of one piece).</summary>
    internal byte ConfigGeneration { get; private set; }

    /// <summary>Its way to interrupt the guest: the transport sets it, before anything else happens.</summary>
    internal VirtioInterrupts Interrupts { get; set; } = null!;

    /// <summary>Its VM.</summary>
    protected VirtualMachine Machine => _machine;

    /// <summary>Its configuration structure, as the driver reads it. After a change call <see cref="ConfigChanged"/>.</summary>
    protected Span<byte> Config => _config;

    /// <summary>Whether the driver took a feature, or all of several.</summary>
    public bool Has(ulong features) => (Features & features) == features;

    /// <summary>
    /// The driver rang a queue's doorbell; the device is running, and so is the queue. Bounded: so many chains or bytes as the device states, the rest is posted to the VM as work.
    /// </summary>
    protected abstract void QueueNotified(int queue);

    /// <summary>
    /// Has a queue looked at again (<see cref="QueueNotified"/>) before the VM's next entry: for what one exit would not do, or what came from elsewhere. It wakes a VM that is
    /// halted, and may be called while another VM runs.
    /// </summary>
    protected void LookAgain(int queue) => _machine.Post(_work[queue]);

    /// <summary>The driver is ready. Queues that it filled before that are to be looked at now: it may not have rung.</summary>
    protected virtual void DriverReady() { }

    /// <summary>Power-on, or the driver reset it: queues are off already. All that it remembers of the driver goes.</summary>
    protected virtual void Reset() { }

    /// <summary>
    /// The driver wrote its configuration structure: 1, 2, 4 or 8 bytes at an offset within it. What can be written, if anything is, the device says by doing it.
    /// </summary>
    protected virtual void ConfigWritten(int offset, int size, ulong value) { }

    /// <summary>Its configuration structure has changed by itself: the driver hears of it.</summary>
    protected void ConfigChanged()
    {
        ConfigGeneration++;
        if (IsRunning) Interrupts.RaiseConfig();
    }

    /// <summary>It cannot go on: nothing is served until the driver resets it (2.1.2).</summary>
    protected void NeedReset()
    {
        bool isReady = (Status & VirtioStatus.DriverOk) != 0;
        Status |= VirtioStatus.DeviceNeedsReset;
        if (isReady) Interrupts.RaiseConfig();
    }

    /// <summary>One of its queues broke.</summary>
    internal void CountBrokenQueue()
    {
        _machine.Counters.BrokenQueues++;
        NeedReset();
    }

    /// <summary>A doorbell rang. Nothing happens where no queue is, or it is off.</summary>
    internal void Notify(int queue)
    {
        if ((uint)queue < (uint)_queues.Length && IsRunning && _queues[queue].IsRunning) QueueNotified(queue);
    }

    /// <summary>
    /// The driver writes the status (2.1, 3.1.1): 0 resets, bits are only ever added. <paramref name="features"/> are those that it asks for: FEATURES_OK stays clear if it asks
    /// for what is not offered, or not for virtio 1.0.
    /// </summary>
    internal void WriteStatus(VirtioStatus value, ulong features)
    {
        if (value == VirtioStatus.None)
        {
            ResetAll();
            return;
        }
        var added = value & ~Status & ~VirtioStatus.DeviceNeedsReset;
        if ((added & VirtioStatus.FeaturesOk) != 0)
        {
            if ((features & ~OfferedFeatures) == 0 && (features & VirtioFeature.Version1) != 0) Features = features;
            else added &= ~VirtioStatus.FeaturesOk;
        }
        Status |= added & ~VirtioStatus.DriverOk;
        // No driver without negotiated features: there is no legacy device here.
        if ((added & VirtioStatus.DriverOk) == 0 || (Status & VirtioStatus.FeaturesOk) == 0) return;
        Status |= VirtioStatus.DriverOk;
        if (IsRunning) DriverReady();
        // What broke before the driver was ready is told now.
        else Interrupts.RaiseConfig();
    }

    /// <summary>As at power-on.</summary>
    internal void ResetAll()
    {
        Status = VirtioStatus.None;
        Features = 0;
        foreach (var queue in _queues) queue.Reset();
        Interrupts.Reset();
        Reset();
    }

    /// <summary>Reads its configuration structure; 0 beyond its end.</summary>
    internal ulong ReadConfig(ulong offset, int size)
    {
        ulong value = 0;
        for (int i = 0; i < size && offset + (uint)i < (ulong)_config.Length; i++) value |= (ulong)_config[(int)offset + i] << 8 * i;
        return value;
    }

    /// <summary>Writes its configuration structure; lost beyond its end.</summary>
    internal void WriteConfig(ulong offset, int size, ulong value)
    {
        if (offset + (uint)size <= (ulong)_config.Length) ConfigWritten((int)offset, size, value);
    }

    private sealed class QueueWork(VirtioDevice device, int queue) : VmWork
    {
        protected override void Run() => device.Notify(queue);
    }
}
