namespace Lamina.Devices;

/// <summary>A bounded queue of bytes, made once.</summary>
internal sealed class ByteQueue(int capacity)
{
    private readonly byte[] _bytes = new byte[capacity];
    private int _first;

    /// <summary>How many bytes wait.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a byte. False, and nothing done, when it is full.</summary>
    public bool TryAdd(byte value)
    {
        if (Count == _bytes.Length) return false;
        _bytes[(_first + Count++) % _bytes.Length] = value;
        return true;
    }

    /// <summary>Takes the byte that has waited longest; 0 when none does.</summary>
    public byte Take()
    {
        if (Count == 0) return 0;
        byte value = _bytes[_first];
        _first = (_first + 1) % _bytes.Length;
        Count--;
        return value;
    }

    /// <summary>Drops them all.</summary>
    public void Clear() => Count = 0;
}
