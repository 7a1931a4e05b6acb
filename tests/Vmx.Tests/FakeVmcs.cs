using System.Collections.Generic;

namespace Lamina.Vmx.Tests;

/// <summary>The VMCSs of a CPU in memory. What was never written is 0.</summary>
internal sealed class FakeVmcs : Vmcs
{
    private readonly Dictionary<ulong, Dictionary<uint, ulong>> _all = [];
    private Dictionary<uint, ulong> _fields = [];

    /// <summary>Writes of fields, in their order.</summary>
    internal List<uint> Written { get; } = [];

    /// <summary>Fields that were read and never written: in a CPU they hold what they will.</summary>
    internal HashSet<uint> ReadUnwritten { get; } = [];

    /// <summary>What the current VMCS holds now.</summary>
    internal Dictionary<uint, ulong> Copy() => new(_fields);

    /// <summary>INVEPT and INVVPID, in their order.</summary>
    internal List<(string Instruction, InvalidationType Type, ulong What)> Invalidations { get; } = [];

    protected override ulong ReadField(uint encoding)
    {
        if (_fields.TryGetValue(encoding, out ulong value)) return value;
        ReadUnwritten.Add(encoding);
        return 0;
    }

    protected override void WriteField(uint encoding, ulong value)
    {
        _fields[encoding] = value;
        Written.Add(encoding);
    }

    public override void Select(ulong physical)
    {
        if (!_all.TryGetValue(physical, out _fields!)) _all[physical] = _fields = [];
    }

    public override void Clear(ulong physical) { }

    internal override void InvalidateEpt(InvalidationType type, ulong eptPointer) => Invalidations.Add(("INVEPT", type, eptPointer));

    internal override void InvalidateVpid(InvalidationType type, ulong vpid) => Invalidations.Add(("INVVPID", type, vpid));
}
