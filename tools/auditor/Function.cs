using System.Collections.Generic;

namespace Lamina.Auditor;

/// <summary>A function of the image.</summary>
/// <param name="name">Its name.</param>
/// <param name="rva">Where it begins.</param>
/// <param name="length">Its bytes, up to the next symbol.</param>
internal sealed class Function(string name, uint rva, int length)
{
    internal string Name => name;

    internal uint Rva => rva;

    internal int Length => length;

    /// <summary>Bytes of stack that it takes itself, its return address among them.</summary>
    internal int Frame { get; set; }

    /// <summary>Addresses that it calls or jumps to.</summary>
    internal HashSet<uint> Targets { get; } = [];

    /// <summary>Slots of method tables, as offsets, that it calls through.</summary>
    internal HashSet<uint> Slots { get; } = [];

    /// <summary>Whether it calls an address that is only known at run time: a delegate's, a function pointer's.</summary>
    internal bool CallsPointer { get; set; }

    /// <summary>Whether it calls through an interface.</summary>
    internal bool CallsInterface { get; set; }

    /// <summary>Functions whose address it takes.</summary>
    internal HashSet<uint> Taken { get; } = [];

    /// <summary>Whom it calls, or may call, once all is read.</summary>
    internal HashSet<Function> Callees { get; } = [];

    public override string ToString() => name;
}
