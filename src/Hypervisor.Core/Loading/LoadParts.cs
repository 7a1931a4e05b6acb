using System;

namespace Lamina.Core;

/// <summary>What all loaders do: checked slices, checked copies, a vCPU with flat segments.</summary>
internal static class LoadParts
{
    private const ulong PageSize = 0x1000;
    private const uint WholeSpace = uint.MaxValue;

    /// <summary>A piece of a file. False when the file does not have all of it.</summary>
    public static bool TrySlice(ReadOnlySpan<byte> file, ulong offset, ulong length, out ReadOnlySpan<byte> slice)
    {
        slice = default;
        if (offset > (ulong)file.Length || length > (ulong)file.Length - offset) return false;
        slice = file.Slice((int)offset, (int)length);
        return true;
    }

    /// <summary>Copies a piece of a file to <paramref name="address"/>, at 1 MiB or above, and clears what is left of <paramref name="memoryLength"/>.</summary>
    public static LoadResult Load(GuestMemory memory, ulong address, ReadOnlySpan<byte> file, ulong offset, ulong fileLength, ulong memoryLength)
    {
        if (fileLength > memoryLength) return LoadResult.BadHeader;
        if (!TrySlice(file, offset, fileLength, out var bytes)) return LoadResult.Truncated;
        if (address < GuestMemoryMap.HighStart) return LoadResult.BelowOneMebibyte;
        if (!memory.Contains(address, memoryLength)) return LoadResult.OutsideMemory;
        memory.TryWrite(address, bytes);
        memory.TryClear(address + fileLength, memoryLength - fileLength);
        return LoadResult.Loaded;
    }

    /// <summary>Copies a module to the page behind <paramref name="end"/>, and moves that behind it. False when there is no room below the PCI hole.</summary>
    public static bool TryPlaceModule(GuestMemory memory, ReadOnlySpan<byte> module, ref ulong end, out uint gpa)
    {
        end = end + PageSize - 1 & ~(PageSize - 1);
        gpa = (uint)end;
        if (end + (uint)module.Length > GuestMemoryMap.EndOfLowRam(memory) || !memory.TryWrite(end, module)) return false;
        end += (uint)module.Length;
        return true;
    }

    /// <summary>
    /// Protected mode without paging, flat 32-bit segments, interrupts off, a 32-bit TSS: the state that multiboot (0.6.96, 3.2) and PVH (Xen, "HVM direct boot")
    /// start a kernel in.
    /// </summary>
    public static void EnterProtectedMode(VcpuState state, uint entry)
    {
        SetFlatSegments(state, SegmentAttributes.Default32);
        state.Cr0 = Cr0.ProtectionEnable | Cr0.ExtensionType;
        state.Cr4 = 0;
        state.Rip = entry;
    }

    /// <summary>
    /// Code at selector 0x10, data at 0x18, all of the address space, with <paramref name="codeSize"/> (D or L) for the code; a TSS; flags clear.
    /// </summary>
    public static void SetFlatSegments(VcpuState state, SegmentAttributes codeSize)
    {
        const SegmentAttributes common = SegmentAttributes.Present | SegmentAttributes.CodeOrData | SegmentAttributes.Granularity | SegmentAttributes.Accessed
            | SegmentAttributes.ReadableOrWritable;
        var code = new SegmentRegister(FlatGdt.CodeSelector, common | SegmentAttributes.Code | codeSize, WholeSpace, 0);
        var data = new SegmentRegister(FlatGdt.DataSelector, common | SegmentAttributes.Default32, WholeSpace, 0);
        var task = new SegmentRegister(0, SegmentAttributes.Present | SegmentAttributes.TypeTaskState, 0x67, 0);
        state.SetSegment(SegmentName.Cs, code);
        state.SetSegment(SegmentName.Ds, data);
        state.SetSegment(SegmentName.Es, data);
        state.SetSegment(SegmentName.Fs, data);
        state.SetSegment(SegmentName.Gs, data);
        state.SetSegment(SegmentName.Ss, data);
        state.SetSegment(SegmentName.Tr, task);
        state.PrivilegeLevel = 0;
        state.Rflags = Rflags.AlwaysOne;
    }
}
