using System;

namespace Lamina.Core;

/// <summary>Which device answers at which guest-physical addresses that are not RAM. Filled when the VM is built; a handful of ranges, searched in order.</summary>
public sealed class MemoryBus
{
    private const int MostRanges = 32;

    private struct Range
    {
        public ulong Start;
        public ulong Length;
        public Device Device;
    }

    private readonly Range[] _ranges = new Range[MostRanges];
    private int _count;

    /// <summary>Registers a device for [start, start + length). False, and nothing done, when it overlaps another or there are too many.</summary>
    public bool TryRegister(Device device, ulong start, ulong length)
    {
        if (_count == MostRanges || length == 0 || start + (length - 1) < start) return false;
        for (int i = 0; i < _count; i++)
            if (start <= _ranges[i].Start + (_ranges[i].Length - 1) && _ranges[i].Start <= start + (length - 1)) return false;
        _ranges[_count++] = new Range { Start = start, Length = length, Device = device };
        return true;
    }

    /// <summary>Puts another in the place of a device, for all ranges that it has. False when it has none.</summary>
    public bool TryReplace(Device device, Device other)
    {
        bool found = false;
        foreach (ref var range in _ranges.AsSpan(0, _count))
        {
            if (range.Device != device) continue;
            range.Device = other;
            found = true;
        }
        return found;
    }

    /// <summary>The device of a name, or null.</summary>
    public Device? Find(ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < _count; i++)
            if (_ranges[i].Device.IsNamed(name)) return _ranges[i].Device;
        return null;
    }

    /// <summary>
    /// The device that has all of [gpa, gpa + size), and how far into its range that is; null when none has (an access over a range's edge is nobody's).
    /// </summary>
    public Device? Find(ulong gpa, int size, out ulong offset)
    {
        for (int i = 0; i < _count; i++)
        {
            ref var range = ref _ranges[i];
            offset = gpa - range.Start;
            if (offset < range.Length && (ulong)size <= range.Length - offset) return range.Device;
        }
        offset = 0;
        return null;
    }
}
