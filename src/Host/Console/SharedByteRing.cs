using System;
using System.Threading;

namespace Lamina.Host;

/// <summary>
/// Bytes on their way from one CPU to another, in a ring that was made at boot: one writer, one reader, no lock, and nobody waits.
/// <para>
/// The rule: <c>_written</c>, <c>_lost</c> and the free part of the ring are the writer's, <c>_read</c>, <c>_told</c> and what waits the reader's. Each writes its own
/// indices alone, and last of all (release); it reads the other's first (acquire). Indices count bytes and never wrap. Who the writer and the reader are may change while neither is
/// at work, and the one to come has heard so from the other.
/// </para>
/// <para>What the writer finds no room for it may count here as lost, and the reader takes that count: no loss is told twice or never.</para>
/// </summary>
public sealed class SharedByteRing
{
    private readonly byte[] _bytes;
    private readonly ulong _mask;
    private ulong _written;
    private ulong _lost;
    private ulong _read;
    private ulong _told;

    /// <summary>Makes a ring.</summary>
    /// <param name="capacity">Bytes; a power of two.</param>
    public SharedByteRing(int capacity)
    {
        _bytes = new byte[capacity];
        _mask = (ulong)capacity - 1;
    }

    /// <summary>Bytes that are written and not yet read. The other side may be at work: for the writer there may be fewer by now, for the reader more.</summary>
    public int Count => (int)(Volatile.Read(ref _written) - Volatile.Read(ref _read));

    /// <summary>Reader: whether it has something to take, bytes or a loss.</summary>
    public bool HasNews => Count != 0 || Volatile.Read(ref _lost) != _told;

    /// <summary>Writer: bytes that can be written now; more, once the reader has gone on.</summary>
    public int Room => _bytes.Length - Count;

    /// <summary>Writer: writes a byte; false, and nothing counted, when there is no room.</summary>
    public bool TryWrite(byte value)
    {
        if (Room == 0)
            return false;
        _bytes[(int)(_written & _mask)] = value;
        Volatile.Write(ref _written, _written + 1);
        return true;
    }

    /// <summary>Writer: writes all of <paramref name="bytes"/>, which the reader sees all at once; or nothing, nothing counted, and false when they do not fit.</summary>
    public bool TryWrite(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > Room)
            return false;
        Write(bytes);
        return true;
    }

    /// <summary>Writer: writes as many of <paramref name="bytes"/> as there is room for; the rest is lost, and counted.</summary>
    public void WriteOrLose(ReadOnlySpan<byte> bytes)
    {
        int count = Math.Min(bytes.Length, Room);
        Write(bytes[..count]);
        if (count != bytes.Length)
            Lose(bytes.Length - count);
    }

    /// <summary>Writer: so much more was lost, in bytes or in whatever else the two count.</summary>
    public void Lose(int count) => Volatile.Write(ref _lost, _lost + (ulong)count);

    /// <summary>Reader: what was lost since it was last taken.</summary>
    public ulong TakeLost()
    {
        ulong before = _told;
        _told = Volatile.Read(ref _lost);
        return _told - before;
    }

    /// <summary>Reader: the oldest byte, which stays; false when there is none.</summary>
    public bool TryPeek(out byte value)
    {
        value = 0;
        if (Count == 0)
            return false;
        value = _bytes[(int)(_read & _mask)];
        return true;
    }

    /// <summary>
    /// Reader: the oldest bytes, at most <paramref name="most"/>, as far as they stand together: at least one where one waits. They stay, and stay as they are, until they are skipped.
    /// </summary>
    public ReadOnlySpan<byte> Waiting(int most)
    {
        int at = (int)(_read & _mask);
        return new ReadOnlySpan<byte>(_bytes, at, Math.Min(Math.Min(most, Count), _bytes.Length - at));
    }

    /// <summary>Reader: so many of the bytes that wait have been read; their place is the writer's again.</summary>
    public void Skip(int count) => Volatile.Write(ref _read, _read + (ulong)count);

    /// <summary>Reader: moves the oldest bytes out, as many as there are and fit.</summary>
    /// <returns>How many.</returns>
    public int Read(Span<byte> bytes)
    {
        int done = 0;
        while (done < bytes.Length)
        {
            ReadOnlySpan<byte> part = Waiting(bytes.Length - done);
            if (part.IsEmpty)
                break;
            part.CopyTo(bytes[done..]);
            Skip(part.Length);
            done += part.Length;
        }

        return done;
    }

    /// <summary>Reader: drops all that waits.</summary>
    public void Clear() => Volatile.Write(ref _read, Volatile.Read(ref _written));

    private void Write(ReadOnlySpan<byte> bytes)
    {
        int at = (int)(_written & _mask);
        int beforeWrap = Math.Min(bytes.Length, _bytes.Length - at);
        bytes[..beforeWrap].CopyTo(new Span<byte>(_bytes, at, beforeWrap));
        ReadOnlySpan<byte> behindWrap = bytes[beforeWrap..];
        behindWrap.CopyTo(new Span<byte>(_bytes, 0, behindWrap.Length));
        Volatile.Write(ref _written, _written + (ulong)bytes.Length);
    }
}
