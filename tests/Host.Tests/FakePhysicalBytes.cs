using System;
using System.Collections.Generic;

namespace Lamina.Host.Tests;

/// <summary>Pieces of memory at the addresses that a test gives them; nothing else is there.</summary>
internal sealed class FakePhysicalBytes : PhysicalBytes
{
    private readonly List<(ulong Address, byte[] Bytes)> _pieces = [];

    public byte[] Add(ulong address, byte[] bytes)
    {
        _pieces.Add((address, bytes));
        return bytes;
    }

    public byte[] Piece(ulong address) => _pieces.Find(piece => piece.Address == address).Bytes;

    public override bool TryView(ulong address, int length, out ReadOnlySpan<byte> bytes)
    {
        foreach (var (start, piece) in _pieces)
        {
            if (address < start || length < 0 || address - start > (ulong)piece.Length || (ulong)length > (ulong)piece.Length - (address - start))
                continue;
            bytes = piece.AsSpan((int)(address - start), length);
            return true;
        }

        bytes = default;
        return false;
    }
}
