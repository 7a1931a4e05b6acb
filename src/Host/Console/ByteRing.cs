using System;

namespace Lamina.Host;

/// <summary>
/// Bytes on their way from one writer to one reader, in a ring that was made at boot. Writing never waits: what does not fit is not taken.
/// What has been read stays until it is written over, so the ring also holds the end of the log.
/// </summary>
public sealed class ByteRing
{
    private readonly byte[] _bytes;
    private readonly ulong _mask;

    /// <summary>Makes a ring.</summary>
    /// <param name="capacity">Bytes; a power of two.</param>
    public ByteRing(int capacity)
    {
        _bytes = new byte[capacity];
        _mask = (ulong)capacity - 1;
    }

    /// <summary>Bytes that were ever written.</summary>
    public ulong Written { get; private set; }

    /// <summary>Bytes that were ever read.</summary>
    public ulong Read { get; private set; }

    /// <summary>Bytes that are written and not yet read.</summary>
    public int Count => (int)(Written - Read);

    /// <summary>Bytes that can be written now.</summary>
    public int Room => _bytes.Length - Count;

    /// <summary>Writes a byte; false when there is no room.</summary>
    public bool TryWrite(byte value)
    {
        if (Room == 0)
            return false;
        Write(value);
        return true;
    }

    /// <summary>Writes all of <paramref name="bytes"/>, or nothing and false when they do not fit.</summary>
    public bool TryWrite(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > Room)
            return false;
        Write(bytes);
        return true;
    }

    /// <summary>Writes a byte; there is room for it.</summary>
    public void Write(byte value) => _bytes[(int)(Written++ & _mask)] = value;

    /// <summary>Writes bytes; there is room for them.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        int at = (int)(Written & _mask);
        Written += (ulong)bytes.Length;
        int beforeWrap = _bytes.Length - at;
        if (bytes.Length > beforeWrap)
        {
            bytes[..beforeWrap].CopyTo(new Span<byte>(_bytes, at, beforeWrap));
            bytes = bytes[beforeWrap..];
            at = 0;
        }

        bytes.CopyTo(new Span<byte>(_bytes, at, bytes.Length));
    }

    /// <summary>The oldest byte, which stays; false when there is none.</summary>
    public bool TryPeek(out byte value)
    {
        value = 0;
        if (Count == 0)
            return false;
        value = _bytes[(int)(Read & _mask)];
        return true;
    }

    /// <summary>Reads the oldest byte; false when there is none.</summary>
    public bool TryRead(out byte value)
    {
        if (!TryPeek(out value))
            return false;
        Read++;
        return true;
    }

    /// <summary>The oldest bytes, at most <paramref name="most"/>, as far as they stand together: at least one where one waits. They stay until they are skipped.</summary>
    public ReadOnlySpan<byte> Waiting(int most)
    {
        int at = (int)(Read & _mask);
        return new ReadOnlySpan<byte>(_bytes, at, Math.Min(Math.Min(most, Count), _bytes.Length - at));
    }

    /// <summary>So many of the bytes that wait have been read.</summary>
    public void Skip(int count) => Read += (ulong)count;

    /// <summary>Drops all that waits.</summary>
    public void Clear() => Read = Written;
}
