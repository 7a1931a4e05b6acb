namespace Lamina.Core;

/// <summary>Where a memory operand of up to 8 bytes lies: in one page, or in the last bytes of one and the first of another.</summary>
internal struct OperandLocation
{
    /// <summary>Into how many accesses it falls at most: 8 bytes over the edge of a page.</summary>
    public const int MostPieces = 4;

    private const int PageShift = 12;

    /// <summary>GPA of its first byte.</summary>
    public ulong First;
    /// <summary>GPA of the first byte in the second page, when there is one.</summary>
    public ulong Second;
    /// <summary>Its length in bytes.</summary>
    public int Size;
    /// <summary>How many of them lie in the first page.</summary>
    public int FirstSize;

    /// <summary>Whether it touches the page of a GPA.</summary>
    public readonly bool Touches(ulong gpa) =>
        First >> PageShift == gpa >> PageShift || (FirstSize != Size && Second >> PageShift == gpa >> PageShift);

    /// <summary>Reads it, zero-extended. False when the vCPU has to wait for it: the instruction leaves all as it is, and is carried out anew.</summary>
    public readonly bool TryRead(VirtualCpu vcpu, out ulong value)
    {
        if (FirstSize == Size) return PhysicalBus.TryRead(vcpu, First, Size, out value);
        value = 0;
        for (int done = 0; done < Size; done += PieceSize(done))
        {
            if (!PhysicalBus.TryRead(vcpu, PieceAddress(done), PieceSize(done), out ulong piece)) return false;
            value |= piece << (done * 8);
        }
        return true;
    }

    /// <summary>Writes it. False, and nothing done, when the vCPU has to wait: the same is written once more then. Never after the same instruction has read it.</summary>
    public readonly bool TryWrite(VirtualCpu vcpu, ulong value)
    {
        if (FirstSize == Size) return PhysicalBus.TryWrite(vcpu, First, Size, value);
        // All or nothing: no device is to meet a piece twice.
        if (vcpu.IsAway && !vcpu.Requests.TryReserve(MostPieces)) return false;
        for (int done = 0; done < Size; done += PieceSize(done)) PhysicalBus.TryWrite(vcpu, PieceAddress(done), PieceSize(done), value >> (done * 8));
        return true;
    }

    private readonly ulong PieceAddress(int done) => done < FirstSize ? First + (uint)done : Second + (uint)(done - FirstSize);

    /// <summary>The largest of 4, 2 and 1 bytes that stays within the page: what a bus would make of it.</summary>
    private readonly int PieceSize(int done)
    {
        int left = (done < FirstSize ? FirstSize : Size) - done;
        return left >= 4 ? 4 : left >= 2 ? 2 : 1;
    }
}
