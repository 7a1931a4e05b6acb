using Lamina.Testing;

namespace Lamina.Devices.Tests.Virtio;

/// <summary>Drives a virtio function as a guest's driver does: by its base address registers and configuration space.</summary>
public sealed class VirtioDriver
{
    public const ulong Common = 0, Isr = 0x1000, Device = 0x2000, Notify = 0x3000, Msix = 0x4000, Pending = 0x5000;

    private readonly TestMachine _machine;
    private bool _hasEventIndex;

    public VirtioDriver(TestMachine machine, VirtioDevice device)
    {
        _machine = machine;
        Function = new VirtioPciFunction(device, Bus);
        Function.Connect(Lines[16]);
        Function.Reset();
        Function.WriteConfig(4, 2, 7);
    }

    public VirtioPciFunction Function { get; }

    public RecordingBus Bus { get; } = new();

    public RecordingLines Lines { get; } = new();

    public VirtioStatus Status
    {
        get => (VirtioStatus)Read(0x14, 1);
        set => Write(0x14, 1, (ulong)value);
    }

    public ulong OfferedFeatures
    {
        get
        {
            Write(0, 4, 0);
            ulong low = Read(4, 4);
            Write(0, 4, 1);
            return low | Read(4, 4) << 32;
        }
    }

    public ulong Read(ulong offset, int size) => Function.ReadBar(0, offset, size) & (size == 8 ? ulong.MaxValue : (1UL << 8 * size) - 1);

    public void Write(ulong offset, int size, ulong value) => Function.WriteBar(0, offset, size, value);

    /// <summary>Resets the device and negotiates features. Says whether they were taken.</summary>
    public bool Negotiate(ulong features)
    {
        Status = VirtioStatus.None;
        Status = VirtioStatus.Acknowledge;
        Status |= VirtioStatus.Driver;
        Write(8, 4, 0);
        Write(0xC, 4, (uint)features);
        Write(8, 4, 1);
        Write(0xC, 4, features >> 32);
        Status |= VirtioStatus.FeaturesOk;
        _hasEventIndex = (features & VirtioFeature.RingEventIndex) != 0;
        return (Status & VirtioStatus.FeaturesOk) != 0;
    }

    /// <summary>Switches a queue on, with its rings at <paramref name="start"/>.</summary>
    public VirtqueueDriver SetUp(int queue, ulong start, ushort size, ushort vector = 0xFFFF)
    {
        var driver = new VirtqueueDriver(_machine, start, size, _hasEventIndex);
        _machine.Memory.Slice((int)start, (int)VirtqueueDriver.RingBytes).Clear();
        Write(0x16, 2, (ulong)queue);
        Write(0x18, 2, size);
        Write(0x1A, 2, vector);
        Write(0x20, 4, driver.Descriptors);
        Write(0x24, 4, driver.Descriptors >> 32);
        Write(0x28, 4, driver.Available);
        Write(0x2C, 4, driver.Available >> 32);
        Write(0x30, 4, driver.Used);
        Write(0x34, 4, driver.Used >> 32);
        Write(0x1C, 2, 1);
        return driver;
    }

    /// <summary>The driver is ready.</summary>
    public void Start() => Status |= VirtioStatus.DriverOk;

    /// <summary>Rings a queue's doorbell by its port.</summary>
    public void Ring(int queue) => Function.WriteBar(1, 4 * (ulong)queue, 2, (ulong)queue);

    /// <summary>Sets an MSI-X vector up: unmasked, to APIC 0.</summary>
    public void SetVector(int index, byte vector)
    {
        ulong entry = Msix + 16 * (ulong)index;
        Write(entry, 4, 0xFEE0_0000);
        Write(entry + 4, 4, 0);
        Write(entry + 8, 4, vector);
        Write(entry + 12, 4, 0);
    }

    /// <summary>Switches MSI-X on or off.</summary>
    public void SetMsix(bool enabled, bool masked = false) => Function.WriteConfig(0x42, 2, (enabled ? 0x8000u : 0) | (masked ? 0x4000u : 0));
}
