using System;

namespace Lamina.Host;

/// <summary>The stacks of all CPUs (HVA ranges), each with an unmapped page below; a panic reads no others.</summary>
public sealed unsafe class HostStacks : StackMemory
{
    private const int FirstCapacity = 4;

    private ulong[] _bottom = new ulong[FirstCapacity];
    private ulong[] _top = new ulong[FirstCapacity];
    private int _count;

    /// <summary>Makes a stack of whole pages, with an unmapped page below it, and notes it. At boot alone.</summary>
    /// <returns>The HVA behind its last byte, or 0 when there is no memory.</returns>
    public ulong Make(HostAddressSpace space, ulong size)
    {
        ulong top = space.CreateStack(size);
        if (top != 0)
            Add(top, size);
        return top;
    }

    /// <summary>Notes a stack: the HVA behind its last byte, and its bytes. It may allocate: at boot alone.</summary>
    public void Add(ulong top, ulong size)
    {
        if (_count == _top.Length)
        {
            Array.Resize(ref _bottom, 2 * _count);
            Array.Resize(ref _top, 2 * _count);
        }

        _bottom[_count] = top - size;
        _top[_count++] = top;
    }

    /// <inheritdoc/>
    public override bool TryRead(ulong address, out ulong value)
    {
        for (int i = 0; i < _count; i++)
        {
            if (address % sizeof(ulong) != 0 || address < _bottom[i] || address > _top[i] - sizeof(ulong))
                continue;
            value = *(ulong*)address;
            return true;
        }

        value = 0;
        return false;
    }

    /// <summary>
    /// How many bytes of a stack, in the order in which they were noted, have ever been used. Stacks are made of cleared pages: what was never written is
    /// still zero (and so may be the lowest words of what was).
    /// </summary>
    public ulong DeepestUse(int index)
    {
        ulong address = _bottom[index];
        while (address < _top[index] && *(ulong*)address == 0)
            address += sizeof(ulong);
        return _top[index] - address;
    }

    /// <summary>Whether an HVA is in the unmapped page below a stack: the stack has overflowed.</summary>
    public bool IsGuardPage(ulong address)
    {
        for (int i = 0; i < _count; i++)
        {
            if (address < _bottom[i] && address >= _bottom[i] - MemoryPlan.PageSize)
                return true;
        }

        return false;
    }
}
