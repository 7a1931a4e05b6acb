namespace Lamina.Devices;

/// <summary>
/// The common configuration of a virtio function (virtio 1.2, 4.1.4.3). Registers are accessed in their own width, those of 64 bits also by halves; anything else reads as 0 and is
/// not written.
/// </summary>
internal sealed class VirtioCommonConfig(VirtioDevice device, VirtioInterrupts interrupts)
{
    /// <summary>Bytes of the structure.</summary>
    public const int Length = 0x38;

    private const int FeatureWordBits = 32;
    private const int HighHalf = sizeof(uint);

    private uint _deviceFeatureSelect;
    private uint _driverFeatureSelect;
    private ulong _driverFeatures;
    private ushort _queueSelect;

    private Virtqueue? Queue => _queueSelect < device.Queues.Length ? device.Queues[_queueSelect] : null;

    /// <summary>As after the device's reset.</summary>
    public void Reset()
    {
        _deviceFeatureSelect = _driverFeatureSelect = 0;
        _driverFeatures = 0;
        _queueSelect = 0;
    }

    /// <summary>Reads a register.</summary>
    public ulong Read(ulong offset, int size) => offset >= Length ? 0 : size switch
    {
        sizeof(byte) => (VirtioCommonRegister)offset switch
        {
            VirtioCommonRegister.DeviceStatus => (byte)device.Status,
            VirtioCommonRegister.ConfigGeneration => device.ConfigGeneration,
            _ => 0,
        },
        sizeof(ushort) => Read16((VirtioCommonRegister)offset),
        sizeof(uint) => Read32((VirtioCommonRegister)offset),
        _ => Read32((VirtioCommonRegister)offset) | (ulong)Read32((VirtioCommonRegister)(offset + HighHalf)) << FeatureWordBits,
    };

    /// <summary>Writes a register.</summary>
    public void Write(ulong offset, int size, ulong value)
    {
        if (offset >= Length) return;
        switch (size)
        {
            case sizeof(byte):
                if ((VirtioCommonRegister)offset == VirtioCommonRegister.DeviceStatus) WriteStatus((VirtioStatus)value);
                break;
            case sizeof(ushort):
                Write16((VirtioCommonRegister)offset, (ushort)value);
                break;
            case sizeof(uint):
                Write32((VirtioCommonRegister)offset, (uint)value);
                break;
            default:
                Write32((VirtioCommonRegister)offset, (uint)value);
                Write32((VirtioCommonRegister)(offset + HighHalf), (uint)(value >> FeatureWordBits));
                break;
        }
    }

    private void WriteStatus(VirtioStatus value)
    {
        if (value == VirtioStatus.None) Reset();
        device.WriteStatus(value, _driverFeatures);
    }

    private ushort Read16(VirtioCommonRegister register) => register switch
    {
        VirtioCommonRegister.ConfigVector => interrupts.ConfigVector,
        VirtioCommonRegister.QueueCount => (ushort)device.Queues.Length,
        VirtioCommonRegister.QueueSelect => _queueSelect,
        VirtioCommonRegister.QueueSize => Queue?.Size ?? 0,
        VirtioCommonRegister.QueueVector => Queue?.Vector ?? VirtioInterrupts.NoVector,
        VirtioCommonRegister.QueueEnable => Queue is { IsEnabled: true } ? (ushort)1 : (ushort)0,
        VirtioCommonRegister.QueueNotifyOffset => Queue is null ? (ushort)0 : _queueSelect,
        _ => 0,
    };

    private void Write16(VirtioCommonRegister register, ushort value)
    {
        switch (register)
        {
            case VirtioCommonRegister.ConfigVector:
                interrupts.ConfigVector = value;
                return;
            case VirtioCommonRegister.QueueSelect:
                _queueSelect = value;
                return;
        }
        if (Queue is not { } queue) return;
        switch (register)
        {
            case VirtioCommonRegister.QueueVector:
                queue.Vector = interrupts.VectorOf(value);
                break;
            case VirtioCommonRegister.QueueSize when !queue.IsEnabled:
                queue.SetSize(value);
                break;
            // A queue is switched off by the device's reset alone (4.1.4.3.2), and its layout hangs on the features.
            case VirtioCommonRegister.QueueEnable when value == 1 && !queue.IsEnabled && (device.Status & VirtioStatus.FeaturesOk) != 0:
                queue.Enable(device.Has(VirtioFeature.RingEventIndex));
                break;
        }
    }

    private uint Read32(VirtioCommonRegister register)
    {
        switch (register)
        {
            case VirtioCommonRegister.DeviceFeatureSelect: return _deviceFeatureSelect;
            case VirtioCommonRegister.DeviceFeature: return FeatureWord(device.OfferedFeatures, _deviceFeatureSelect);
            case VirtioCommonRegister.DriverFeatureSelect: return _driverFeatureSelect;
            case VirtioCommonRegister.DriverFeature: return FeatureWord(_driverFeatures, _driverFeatureSelect);
        }
        return Queue is not { } queue ? 0 : register switch
        {
            VirtioCommonRegister.QueueDescriptors => (uint)queue.DescriptorArea,
            VirtioCommonRegister.QueueDescriptors + HighHalf => (uint)(queue.DescriptorArea >> FeatureWordBits),
            VirtioCommonRegister.QueueDriver => (uint)queue.DriverArea,
            VirtioCommonRegister.QueueDriver + HighHalf => (uint)(queue.DriverArea >> FeatureWordBits),
            VirtioCommonRegister.QueueDevice => (uint)queue.DeviceArea,
            VirtioCommonRegister.QueueDevice + HighHalf => (uint)(queue.DeviceArea >> FeatureWordBits),
            _ => 0,
        };
    }

    private void Write32(VirtioCommonRegister register, uint value)
    {
        switch (register)
        {
            case VirtioCommonRegister.DeviceFeatureSelect:
                _deviceFeatureSelect = value;
                return;
            case VirtioCommonRegister.DriverFeatureSelect:
                _driverFeatureSelect = value;
                return;
            case VirtioCommonRegister.DriverFeature:
                // Once they are negotiated they stay.
                if ((device.Status & VirtioStatus.FeaturesOk) == 0) SetFeatureWord(value);
                return;
        }
        if (Queue is not { IsEnabled: false } queue) return;
        switch (register)
        {
            case VirtioCommonRegister.QueueDescriptors:
                queue.DescriptorArea = WithLow(queue.DescriptorArea, value);
                break;
            case VirtioCommonRegister.QueueDescriptors + HighHalf:
                queue.DescriptorArea = WithHigh(queue.DescriptorArea, value);
                break;
            case VirtioCommonRegister.QueueDriver:
                queue.DriverArea = WithLow(queue.DriverArea, value);
                break;
            case VirtioCommonRegister.QueueDriver + HighHalf:
                queue.DriverArea = WithHigh(queue.DriverArea, value);
                break;
            case VirtioCommonRegister.QueueDevice:
                queue.DeviceArea = WithLow(queue.DeviceArea, value);
                break;
            case VirtioCommonRegister.QueueDevice + HighHalf:
                queue.DeviceArea = WithHigh(queue.DeviceArea, value);
                break;
        }
    }

    private void SetFeatureWord(uint value)
    {
        if (_driverFeatureSelect == 0) _driverFeatures = WithLow(_driverFeatures, value);
        else if (_driverFeatureSelect == 1) _driverFeatures = WithHigh(_driverFeatures, value);
    }

    private static uint FeatureWord(ulong features, uint select) => select switch
    {
        0 => (uint)features,
        1 => (uint)(features >> FeatureWordBits),
        _ => 0,
    };

    private static ulong WithLow(ulong word, uint low) => word & ~(ulong)uint.MaxValue | low;

    private static ulong WithHigh(ulong word, uint high) => (uint)word | (ulong)high << FeatureWordBits;
}
