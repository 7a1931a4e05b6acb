using System.Collections.Generic;
using Lamina.Core;

namespace Lamina.Core.Tests.Emulation;

/// <summary>A device that notes all that happens to it, in order, and answers each read something else.</summary>
public sealed class LoggingDevice : Device
{
    private const ulong Odd = 0x9E37_79B9_7F4A_7C15;
    private ulong _reads;

    public List<(string What, ulong Address, int Size, ulong Value)> Log { get; } = [];

    public override string Name => "log";

    public override void Reset() => Log.Clear();

    public override ulong ReadMemory(ulong offset, int size) => Note("read", offset, size, NextValue(size));

    public override void WriteMemory(ulong offset, int size, ulong value) => Note("write", offset, size, value);

    public override uint ReadPort(ushort port, int size) => (uint)Note("in", port, size, NextValue(size));

    public override void WritePort(ushort port, int size, uint value) => Note("out", port, size, value);

    /// <summary>Of the ports of half of all addresses.</summary>
    public override bool PostsWrite(ushort port) => (port & 8) != 0;

    private ulong NextValue(int size) => ++_reads * Odd & OperandSize.Mask(size);

    private ulong Note(string what, ulong address, int size, ulong value)
    {
        Log.Add((what, address, size, value));
        return value;
    }
}
