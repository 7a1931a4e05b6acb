using System.Collections.Generic;

namespace Lamina.Vmx.Tests;

/// <summary>The VMCSs of a CPU in memory. What was never written is 0.</summary>
internal sealed class FakeVmcs : Vmcs
{
    private readonly Dictionary<ulong, Dictionary<uint, ulong>> _all = [];
    private Dictionary<uint, ulong> _fields = [];

    /// <summary>Writes of fields, in their order.</summary>
    internal List<uint> Written { get; } = [];

    protected override ulong ReadField(uint encoding) => _fields.GetValueOrDefault(encoding);

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
}
