using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Lamina.Testing;

namespace Lamina.Devices.Tests.Virtio;

/// <summary>
/// The driver's side of a split virtqueue, as plain as can be: descriptors and buffers are given out one after another and all freed by <see cref="Recycle"/>. Its rings lie at
/// <paramref name="start"/>: the descriptors, 64 KiB on the available ring, 64 KiB further the used ring.
/// </summary>
public sealed class VirtqueueDriver(TestMachine machine, ulong start, ushort size, bool hasEventIndex)
{
    public const ulong RingBytes = 0x2_0000;

    private ushort _free;
    private ushort _seen;

    public ushort Size => size;

    public ulong Descriptors => start;

    public ulong Available => start + 0x1_0000;

    public ulong Used => start + 0x1_8000;

    /// <summary>How many chains were made available.</summary>
    public ushort AvailableIndex
    {
        get => Word(Available + 2);
        set => SetWord(Available + 2, value);
    }

    public ushort UsedIndex => Word(Used + 2);

    public ushort UsedEvent
    {
        set => SetWord(Available + 4 + 2 * (ulong)size, value);
    }

    public ushort AvailableEvent => Word(Used + 4 + 8 * (ulong)size);

    public ushort AvailableFlags
    {
        set => SetWord(Available, value);
    }

    public ushort UsedFlags => Word(Used);

    /// <summary>All descriptors are free again.</summary>
    public void Recycle() => _free = 0;

    /// <summary>Writes a descriptor.</summary>
    public void Describe(int index, ulong address, uint length, int flags, int next = 0) => Describe(Descriptors, index, address, length, flags, next);

    /// <summary>Writes a descriptor of an indirect table.</summary>
    public void Describe(ulong table, int index, ulong address, uint length, int flags, int next = 0) =>
        MemoryMarshal.Write(machine.Memory[(int)(table + 16 * (ulong)index)..], new VirtqueueDescriptor { Address = address, Length = length, Flags = (DescriptorFlags)flags, Next = (ushort)next });

    /// <summary>Makes a chain of buffers available. Says its head.</summary>
    public ushort Offer(params (ulong Address, int Length, bool Write)[] buffers)
    {
        ushort head = _free;
        for (int i = 0; i < buffers.Length; i++)
        {
            bool more = i + 1 < buffers.Length;
            Describe(_free, buffers[i].Address, (uint)buffers[i].Length, (more ? 1 : 0) | (buffers[i].Write ? 2 : 0), more ? _free + 1 : 0);
            _free++;
        }
        Publish(head);
        return head;
    }

    /// <summary>Makes a chain of buffers available by way of an indirect table at a GPA. Says its head.</summary>
    public ushort OfferIndirect(ulong table, params (ulong Address, int Length, bool Write)[] buffers)
    {
        for (int i = 0; i < buffers.Length; i++)
        {
            bool more = i + 1 < buffers.Length;
            Describe(table, i, buffers[i].Address, (uint)buffers[i].Length, (more ? 1 : 0) | (buffers[i].Write ? 2 : 0), more ? i + 1 : 0);
        }
        ushort head = _free++;
        Describe(head, table, 16 * (uint)buffers.Length, 4);
        Publish(head);
        return head;
    }

    /// <summary>Makes the chain that begins at a descriptor available.</summary>
    public void Publish(ushort head)
    {
        SetWord(Available + 4 + 2 * (ulong)(AvailableIndex % size), head);
        AvailableIndex++;
    }

    /// <summary>What came back since the last time: heads, and bytes written.</summary>
    public List<(uint Head, uint Written)> TakeUsed()
    {
        var used = new List<(uint, uint)>();
        for (; _seen != UsedIndex; _seen++)
        {
            var element = MemoryMarshal.Read<VirtqueueUsedElement>(machine.Memory[(int)(Used + 4 + 8 * (ulong)(_seen % size))..]);
            used.Add((element.Id, element.Length));
        }
        if (hasEventIndex) UsedEvent = _seen;
        return used;
    }

    private ushort Word(ulong gpa) => MemoryMarshal.Read<ushort>(machine.Memory[(int)gpa..]);

    private void SetWord(ulong gpa, ushort value) => MemoryMarshal.Write(machine.Memory[(int)gpa..], value);
}
