using System;
using System.Runtime.InteropServices;

namespace Lamina.Host.Tests;

/// <summary>Memory below 2 GiB of the test's own address space, whose addresses can stand for physical ones.</summary>
internal sealed unsafe partial class LowMemory : IDisposable
{
    // mmap(2) on x86-64 Linux.
    private const int ReadWrite = 1 | 2;
    private const int PrivateAnonymousLow = 0x02 | 0x20 | 0x40;

    public LowMemory(int size)
    {
        Size = size;
        Address = MemoryMapping(null, (nuint)size, ReadWrite, PrivateAnonymousLow, -1, 0);
        if ((nint)Address == -1)
            throw new InvalidOperationException("there is no memory below 2 GiB");
    }

    public byte* Address { get; }

    public int Size { get; }

    public void Dispose() => Unmap(Address, (nuint)Size);

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial byte* MemoryMapping(byte* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(byte* address, nuint length);
}
