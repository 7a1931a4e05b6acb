using System;
using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Lamina.Core;

/// <summary>
/// The bytes of one instruction, as copied out of the guest, for Iced's decoders. Always 16 bytes; behind those that there are, zeros.
/// </summary>
internal sealed class InstructionBytes : CodeReader
{
    /// <summary>The longest instruction (AMD APM vol. 3, 1.1; Intel SDM vol. 2, 2.3.11).</summary>
    public const int MostBytes = 15;
    /// <summary>Two words of 64 bits.</summary>
    public const int BufferSize = 16;

    private readonly byte[] _buffer = new byte[BufferSize];
    private int _position;

    /// <summary>How many bytes there are.</summary>
    public int Count { get; private set; }

    /// <summary>The first eight bytes.</summary>
    public ulong Low => Unsafe.ReadUnaligned<ulong>(ref _buffer[0]);
    /// <summary>The rest.</summary>
    public ulong High => Unsafe.ReadUnaligned<ulong>(ref _buffer[8]);

    /// <summary>The first <paramref name="count"/> bytes, at most as many as there are.</summary>
    public ReadOnlySpan<byte> First(int count) => new(_buffer, 0, Math.Min(count, Count));

    /// <summary>Cleared, to be filled; <see cref="SetCount"/> follows.</summary>
    public Span<byte> Clear()
    {
        Set(0, 0, 0);
        return new Span<byte>(_buffer, 0, MostBytes);
    }

    /// <summary>Says how many bytes were filled.</summary>
    public void SetCount(int count)
    {
        Count = Math.Min(count, MostBytes);
        _position = 0;
    }

    /// <summary>Sets all.</summary>
    public void Set(ulong low, ulong high, int count)
    {
        Unsafe.WriteUnaligned(ref _buffer[0], low);
        Unsafe.WriteUnaligned(ref _buffer[8], high);
        SetCount(count);
    }

    /// <inheritdoc/>
    public override int ReadByte() => _position < Count ? _buffer[_position++] : -1;
}
