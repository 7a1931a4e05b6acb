using System;
using System.Runtime.InteropServices;
using Lamina.Core;

namespace Lamina.Devices;

/// <summary>
/// The vectors of a function's MSI-X, with their pending bits (PCI Local Bus 3.0, 6.8.2). A vector that is masked, or whose function is, becomes pending and is sent when it is
/// unmasked.
/// </summary>
internal sealed class MsixTable
{
    /// <summary>Bytes of a vector.</summary>
    public const int EntryBytes = 16;
    private const int BitsPerWord = 64;

    private readonly InterruptBus _bus;
    private readonly PciFunction _function;
    private readonly MsixEntry[] _entries;
    private readonly ulong[] _pending;
    private MsixControl _control;

    /// <summary>So many <paramref name="vectors"/> (1 to 2048) of a function, whose messages go to <paramref name="bus"/>.</summary>
    public MsixTable(PciFunction function, InterruptBus bus, int vectors)
    {
        _function = function;
        _bus = bus;
        _entries = new MsixEntry[vectors];
        _pending = new ulong[(vectors + BitsPerWord - 1) / BitsPerWord];
        Reset();
    }

    /// <summary>How many vectors there are.</summary>
    public int Count => _entries.Length;

    /// <summary>Whether the guest has switched it on.</summary>
    public bool IsEnabled => (_control & MsixControl.Enable) != 0;

    /// <summary>Power-on: off, each vector masked, none pending.</summary>
    public void Reset()
    {
        _control = MsixControl.None;
        _entries.AsSpan().Fill(MsixEntry.AtReset);
        _pending.AsSpan().Clear();
    }

    /// <summary>The guest wrote message control: what was held back by the function's mask is sent.</summary>
    public void SetControl(MsixControl control)
    {
        _control = control;
        for (int i = 0; i < _entries.Length; i++) SendPending(i);
    }

    /// <summary>Sends a vector's message, or makes it pending. Nothing where there is no such vector, or MSI-X is off.</summary>
    public void Raise(int vector)
    {
        if (!IsEnabled || (uint)vector >= (uint)_entries.Length) return;
        ref readonly var entry = ref _entries[vector];
        if (entry.IsMasked || (_control & MsixControl.FunctionMask) != 0) _pending[vector / BitsPerWord] |= 1UL << vector % BitsPerWord;
        else Send(entry);
    }

    /// <summary>Reads the table: 4 or 8 bytes, aligned; 0 otherwise, and beyond its end.</summary>
    public ulong ReadTable(ulong offset, int size) => Read(MemoryMarshal.AsBytes(_entries.AsSpan()), offset, size);

    /// <summary>Reads the pending bits, in the same way.</summary>
    public ulong ReadPendingBits(ulong offset, int size) => Read(MemoryMarshal.AsBytes(_pending.AsSpan()), offset, size);

    /// <summary>Writes the table: 4 or 8 bytes, aligned; lost otherwise, and beyond its end.</summary>
    public void WriteTable(ulong offset, int size, ulong value)
    {
        var bytes = MemoryMarshal.AsBytes(_entries.AsSpan());
        if (!IsWord(bytes, offset, size)) return;
        if (size == sizeof(ulong)) MemoryMarshal.Write(bytes[(int)offset..], value);
        else MemoryMarshal.Write(bytes[(int)offset..], (uint)value);
        SendPending((int)offset / EntryBytes);
    }

    private static ulong Read(ReadOnlySpan<byte> bytes, ulong offset, int size)
    {
        if (!IsWord(bytes, offset, size)) return 0;
        return size == sizeof(ulong) ? MemoryMarshal.Read<ulong>(bytes[(int)offset..]) : MemoryMarshal.Read<uint>(bytes[(int)offset..]);
    }

    private static bool IsWord(ReadOnlySpan<byte> bytes, ulong offset, int size) =>
        size is sizeof(uint) or sizeof(ulong) && offset % (uint)size == 0 && offset < (ulong)bytes.Length;

    private void SendPending(int vector)
    {
        ref ulong word = ref _pending[vector / BitsPerWord];
        ulong bit = 1UL << vector % BitsPerWord;
        ref readonly var entry = ref _entries[vector];
        if ((word & bit) == 0 || entry.IsMasked || (_control & (MsixControl.Enable | MsixControl.FunctionMask)) != MsixControl.Enable) return;
        word &= ~bit;
        Send(entry);
    }

    /// <summary>A message is a write to memory: only a bus master may do one.</summary>
    private void Send(in MsixEntry entry)
    {
        if ((_function.Command & PciCommand.BusMaster) != 0 && entry.TryDecode(out var message)) _bus.Send(message);
    }
}
