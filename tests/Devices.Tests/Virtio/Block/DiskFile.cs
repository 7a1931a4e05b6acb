using System;
using System.Runtime.InteropServices;
using Lamina.Core;

namespace Lamina.Devices.Tests.Virtio.Block;

/// <summary>A file of the package, as a boot file lies in memory. What it held at first is kept: nothing may ever change it.</summary>
public sealed unsafe class DiskFile : IDisposable
{
    private readonly byte[] _original;
    private readonly byte* _start;

    public DiskFile(int length, int seed = 1)
    {
        _original = new byte[length];
        new Random(seed).NextBytes(_original);
        _start = (byte*)NativeMemory.Alloc((nuint)length + 1);
        _original.CopyTo(new Span<byte>(_start, length));
        Image = new ReadOnlyImage(Bytes);
    }

    public HostBytes Bytes => new(_start, (ulong)_original.Length);

    public ReadOnlyImage Image { get; }

    public ReadOnlySpan<byte> Original => _original;

    public bool IsUnchanged => new ReadOnlySpan<byte>(_start, _original.Length).SequenceEqual(_original);

    public void Dispose() => NativeMemory.Free(_start);
}
