namespace Lamina.Core;

/// <summary>
/// Memory as a vCPU's instructions see it: segment and offset to linear address, with the checks of its mode (AMD APM vol. 2, 4.8 to 4.12), and
/// through the guest's page tables to GPAs. One per vCPU; <see cref="Load"/> comes before anything else in each emulated instruction.
/// </summary>
internal sealed class OperandMemory(VirtualCpu vcpu)
{
    private const ulong PageSize = 4096;

    private readonly VirtualCpu _vcpu = vcpu;
    private PagingState _paging;
    private MemoryAccess _privilege;
    private bool _is64Bit;

    /// <summary>Takes over the vCPU's mode.</summary>
    public void Load()
    {
        var state = _vcpu.State;
        _paging = new PagingState(state, _vcpu.Machine.Cpuid.PhysicalAddressBits);
        _privilege = state.PrivilegeLevel == 3 ? MemoryAccess.User : MemoryAccess.None;
        _is64Bit = state.Is64Bit;
    }

    /// <summary>
    /// Finds an operand of <paramref name="size"/> bytes: <see cref="EmulationResult.Done"/>, or the exception is raised on the vCPU
    /// (<see cref="EmulationResult.Faulted"/>). <paramref name="offset"/> is the effective address, cut to the address size.
    /// Nothing of the guest's is changed but accessed and dirty bits.
    /// </summary>
    public EmulationResult Locate(SegmentName segment, ulong offset, int size, MemoryAccess access, out OperandLocation location)
    {
        location = new OperandLocation { Size = size, FirstSize = size };
        if (!TryGetLinear(segment, offset, size, access, out ulong linear)) return RaiseSegmentFault(segment);

        var result = Translate(segment, linear, access, out location.First);
        ulong left = PageSize - (linear & (PageSize - 1));
        if (result != EmulationResult.Done || (ulong)size <= left) return result;

        location.FirstSize = (int)left;
        linear += left;
        return Translate(segment, _is64Bit ? linear : (uint)linear, access, out location.Second);
    }

    /// <summary>
    /// Fetches up to <paramref name="buffer"/>'s length of bytes at CS:RIP, fewer at a segment's or page's end behind which nothing can be fetched.
    /// Raises nothing: what could not be fetched, the guest fetches itself when it runs again. <paramref name="firstPage"/> is the walk to the first byte.
    /// </summary>
    public int Fetch(System.Span<byte> buffer, out PageWalk firstPage)
    {
        // Behind the segment's limit: #GP, as the CPU will find.
        firstPage = PageWalk.Failed(PageWalkStatus.NonCanonical);
        ulong wanted = (ulong)buffer.Length;
        ulong linear = _vcpu.State.Rip;
        if (!_is64Bit)
        {
            var code = _vcpu.State.GetSegment(SegmentName.Cs);
            uint offset = (uint)linear;
            if (offset > code.Limit) return 0;
            wanted = System.Math.Min(wanted, (ulong)code.Limit - offset + 1);
            linear = (uint)(code.Base + offset);
        }
        ulong first = System.Math.Min(wanted, PageSize - (linear & (PageSize - 1)));
        firstPage = Walk(linear, MemoryAccess.Execute);
        var memory = _vcpu.Machine.Memory;
        if (!firstPage.IsTranslated || !memory.TryRead(firstPage.GuestPhysical, buffer[..(int)first])) return 0;
        if (first == wanted) return (int)first;

        linear += first;
        var second = Walk(_is64Bit ? linear : (uint)linear, MemoryAccess.Execute);
        return second.IsTranslated && memory.TryRead(second.GuestPhysical, buffer[(int)first..(int)wanted]) ? (int)wanted : (int)first;
    }

    /// <summary>Raises the #PF that <see cref="Fetch"/> met on its first byte.</summary>
    public void RaiseFetchFault(in PageWalk firstPage)
    {
        ulong rip = _vcpu.State.Rip;
        _vcpu.RaisePageFault(_is64Bit ? rip : (uint)(_vcpu.State.GetSegment(SegmentName.Cs).Base + rip), (uint)firstPage.ErrorCode);
    }

    private PageWalk Walk(ulong linear, MemoryAccess access) =>
        GuestPageWalker.Translate(_vcpu.Machine.Memory, _paging, linear, access | _privilege);

    private EmulationResult Translate(SegmentName segment, ulong linear, MemoryAccess access, out ulong gpa)
    {
        var walk = Walk(linear, access);
        gpa = walk.GuestPhysical;
        switch (walk.Status)
        {
            case PageWalkStatus.Translated:
                return EmulationResult.Done;
            case PageWalkStatus.PageFault:
                _vcpu.RaisePageFault(linear, (uint)walk.ErrorCode);
                return EmulationResult.Faulted;
            case PageWalkStatus.NonCanonical:
                return RaiseSegmentFault(segment);
            default:
                return EmulationResult.Retry;
        }
    }

    /// <summary>False: #SS for the stack segment, else #GP, in both cases with error code 0.</summary>
    private bool TryGetLinear(SegmentName name, ulong offset, int size, MemoryAccess access, out ulong linear)
    {
        linear = offset;
        if (_is64Bit)
        {
            // Only FS and GS have bases; nobody has limits.
            if (name >= SegmentName.Fs) linear += _vcpu.State.GetSegment(name).Base;
            return true;
        }
        var segment = _vcpu.State.GetSegment(name);
        linear = (uint)(segment.Base + offset);
        if (!_vcpu.State.IsRealMode && !Permits(segment.Attributes, access)) return false;

        ulong last = offset + (uint)(size - 1);
        const SegmentAttributes expandDown = SegmentAttributes.Code | SegmentAttributes.ConformingOrExpandDown;
        if ((segment.Attributes & expandDown) != SegmentAttributes.ConformingOrExpandDown) return last <= segment.Limit;
        return offset > segment.Limit && last <= (segment.Has(SegmentAttributes.Default32) ? uint.MaxValue : ushort.MaxValue);
    }

    private static bool Permits(SegmentAttributes attributes, MemoryAccess access)
    {
        const SegmentAttributes usable = SegmentAttributes.Present | SegmentAttributes.CodeOrData;
        if ((attributes & usable) != usable) return false;
        bool isCode = (attributes & SegmentAttributes.Code) != 0;
        bool readableOrWritable = (attributes & SegmentAttributes.ReadableOrWritable) != 0;
        return (access & MemoryAccess.Write) != 0 ? !isCode && readableOrWritable : !isCode || readableOrWritable;
    }

    private EmulationResult RaiseSegmentFault(SegmentName segment)
    {
        var vector = segment == SegmentName.Ss ? ExceptionVector.StackFault : ExceptionVector.GeneralProtection;
        // In real mode no exception has an error code (AMD APM vol. 2, 8.2; Intel SDM vol. 3, 20.1.4).
        if (_vcpu.State.IsRealMode) _vcpu.Raise(vector);
        else _vcpu.Raise(vector, 0);
        return EmulationResult.Faulted;
    }
}
