using Lamina.Core;

namespace Lamina.Vmx;

/// <summary>Segments: four fields each, in the order ES, CS, SS, DS, FS, GS, LDTR, TR; then the two descriptor tables, which have base and limit alone.</summary>
internal sealed partial class VmxVcpuState
{
    private const uint NextField = 2;
    /// <summary>Type bit 1 of a TSS.</summary>
    private const SegmentAttributes Busy = (SegmentAttributes)(1 << 1);

    /// <summary>The descriptor tables' bases and limits follow those of the segments.</summary>
    private const SegmentNumber Gdtr = SegmentNumber.Tr + 1, Idtr = Gdtr + 1;

    /// <inheritdoc/>
    public override SegmentRegister GetSegment(SegmentName name)
    {
        var vmcs = Vmcs;
        uint step = (uint)NumberOf(name) * NextField;
        ulong @base = vmcs.Read(VmcsFieldNatural.GuestEsBase + step);
        uint limit = vmcs.Read(VmcsField32.GuestEsLimit + step);
        return IsTable(name)
            ? new SegmentRegister(0, SegmentAttributes.None, limit, @base)
            : new SegmentRegister(vmcs.Read(VmcsField16.GuestEsSelector + step), GetAttributes(name), limit, @base);
    }

    /// <inheritdoc/>
    public override void SetSegment(SegmentName name, in SegmentRegister value)
    {
        var vmcs = Vmcs;
        uint step = (uint)NumberOf(name) * NextField;
        vmcs.Write(VmcsFieldNatural.GuestEsBase + step, value.Base);
        vmcs.Write(VmcsField32.GuestEsLimit + step, value.Limit);
        if (IsTable(name)) return;
        vmcs.Write(VmcsField16.GuestEsSelector + step, value.Selector);
        vmcs.Write(VmcsField32.GuestEsAccessRights + step, SegmentAccessRights.FromAttributes(value.Attributes | LoadedBit(name, value)).Value);
    }

    /// <summary>What loading a segment sets in its type: a data or code segment is accessed, a task is busy. An entry insists on it.</summary>
    private static SegmentAttributes LoadedBit(SegmentName name, in SegmentRegister segment) => name switch
    {
        SegmentName.Tr => Busy,
        SegmentName.Ldtr => SegmentAttributes.None,
        _ => segment.Has(SegmentAttributes.Present) ? SegmentAttributes.Accessed : SegmentAttributes.None,
    };

    private SegmentAttributes GetAttributes(SegmentName name) =>
        new SegmentAccessRights(Vmcs.Read(VmcsField32.GuestEsAccessRights + (uint)NumberOf(name) * NextField)).ToAttributes();

    private static bool IsTable(SegmentName name) => name is SegmentName.Gdtr or SegmentName.Idtr;

    private static SegmentNumber NumberOf(SegmentName name) => name switch
    {
        SegmentName.Gdtr => Gdtr,
        SegmentName.Ldtr => SegmentNumber.Ldtr,
        SegmentName.Idtr => Idtr,
        SegmentName.Tr => SegmentNumber.Tr,
        _ => (SegmentNumber)name,
    };
}
