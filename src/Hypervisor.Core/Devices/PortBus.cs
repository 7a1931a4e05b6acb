namespace Lamina.Core;

/// <summary>
/// Which device answers at which of a VM's 65,536 I/O ports. Two small steps of table: found in two loads. Filled when the VM is built.
/// </summary>
public sealed class PortBus
{
    private const int PageBits = 8;
    private const int PageSize = 1 << PageBits;
    private const int MostDevices = 64;

    /// <summary>By the port's high byte: which 256-byte page of <see cref="_slots"/>, 0 for the page on which nobody answers.</summary>
    private readonly byte[] _pages = new byte[PageSize];
    private byte[] _slots = new byte[PageSize];

    /// <summary>By slot; slot 0 is nobody.</summary>
    private readonly Device?[] _devices = new Device?[MostDevices];
    private int _deviceCount = 1;

    /// <summary>The device at a port, or null.</summary>
    public Device? this[ushort port] => _devices[_slots[(_pages[port >> PageBits] << PageBits) | (byte)port]];

    /// <summary>
    /// Registers a device for ports first to first + count - 1. False, and nothing done, when one of them is taken or the VM has too many devices.
    /// </summary>
    public bool TryRegister(Device device, ushort first, int count)
    {
        for (int port = first; port < first + count; port++)
            if (port > ushort.MaxValue || this[(ushort)port] is not null) return false;

        int slot = 1;
        while (slot < _deviceCount && _devices[slot] != device) slot++;
        if (slot == MostDevices) return false;
        if (slot == _deviceCount) _devices[_deviceCount++] = device;

        for (int port = first; port < first + count; port++)
        {
            if (_pages[port >> PageBits] == 0) AddPage(port >> PageBits);
            _slots[(_pages[port >> PageBits] << PageBits) | (byte)port] = (byte)slot;
        }
        return true;
    }

    /// <summary>Puts another in the place of a device, for all ports that it has. False when it has none.</summary>
    public bool TryReplace(Device device, Device other)
    {
        for (int slot = 1; slot < _deviceCount; slot++)
        {
            if (_devices[slot] != device) continue;
            _devices[slot] = other;
            return true;
        }
        return false;
    }

    /// <summary>The device of a name, or null.</summary>
    public Device? Find(System.ReadOnlySpan<byte> name)
    {
        for (int slot = 1; slot < _deviceCount; slot++)
            if (_devices[slot]!.IsNamed(name)) return _devices[slot];
        return null;
    }

    private void AddPage(int page)
    {
        var grown = new byte[_slots.Length + PageSize];
        System.Array.Copy(_slots, grown, _slots.Length);
        _pages[page] = (byte)(_slots.Length / PageSize);
        _slots = grown;
    }
}
