using System;
using System.Collections.Generic;
using Lamina.Core;

namespace Lamina.Core.Tests.Emulation;

/// <summary>A device whose registers are plain memory; it remembers how it was accessed.</summary>
public sealed class MemoryDevice(int length) : Device
{
    public byte[] Bytes { get; } = new byte[length];

    public List<(ulong Offset, int Size, bool IsWrite)> Accesses { get; } = [];

    public override string Name => "memory";

    public override void Reset() => Accesses.Clear();

    public override ulong ReadMemory(ulong offset, int size)
    {
        Accesses.Add((offset, size, false));
        ulong value = 0xDEAD_BEEF_0BAD_F00D;
        Span<byte> bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(new Span<ulong>(ref value));
        Bytes.AsSpan((int)offset, size).CopyTo(bytes);
        return value;
    }

    public override void WriteMemory(ulong offset, int size, ulong value)
    {
        Accesses.Add((offset, size, true));
        if ((value & ~OperandSize.Mask(size)) != 0) throw new ArgumentException("a device gets no more bits than are written");
        Span<byte> bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(new Span<ulong>(ref value));
        bytes[..size].CopyTo(Bytes.AsSpan((int)offset));
    }
}
