using System;
using System.Collections.Generic;

namespace Lamina.Vmx.Tests;

/// <summary>
/// The VMCSs of a CPU in memory. What was never written is 0. A CPU may share its memory with others: then a VMCS must not be used while it is active on another
/// (Intel SDM vol. 3, 25.1).
/// </summary>
internal sealed class FakeVmcs(FakeVmcs? sharing = null) : Vmcs
{
    private readonly Dictionary<ulong, Dictionary<uint, ulong>> _all = sharing?._all ?? [];
    private readonly Dictionary<ulong, FakeVmcs> _activeOn = sharing?._activeOn ?? [];
    private Dictionary<uint, ulong> _fields = [];
    private ulong? _current;

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
        if (_activeOn.TryGetValue(physical, out var active) && active != this) throw new InvalidOperationException("the VMCS is active on another CPU");
        _activeOn[physical] = this;
        _current = physical;
        if (!_all.TryGetValue(physical, out _fields!)) _all[physical] = _fields = [];
    }

    public override void Clear(ulong physical)
    {
        if (_activeOn.TryGetValue(physical, out var active) && active != this) throw new InvalidOperationException("the VMCS is active on another CPU");
        _activeOn.Remove(physical);
        if (_current != physical) return;
        // There is no current one now: what is read or written is none's.
        _current = null;
        _fields = [];
    }

    /// <summary>Whether a VMCS is active on this CPU: it may keep parts of it.</summary>
    internal bool IsActive(ulong physical) => _activeOn.GetValueOrDefault(physical) == this;

    internal override void InvalidateEpt(InvalidationType type, ulong eptPointer) => Invalidations.Add(("INVEPT", type, eptPointer));

    internal override void InvalidateVpid(InvalidationType type, ulong vpid) => Invalidations.Add(("INVVPID", type, vpid));
}
